/**
 * Image classifiers, one file per architecture, under timm's names for models, arguments and tensors.
 *
 * <p>Read {@link dev.decant.model.vision.Vit} and {@link dev.decant.model.vision.MlpMixer} first.
 */
@NullMarked
package dev.decant.model.vision;

import org.jspecify.annotations.NullMarked;
