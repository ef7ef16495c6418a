/**
 * Image classifiers, one file per architecture, under timm's names for models, arguments and tensors.
 *
 * <p>Every one offers the same taps to a trace, so that distillation needs to know none of them. Weights are not loaded
 * here ({@code weights}), and nothing here knows of training. Read {@link dev.decant.model.ImageClassifier} first, then {@link
 * dev.decant.model.Catalogue}; {@link dev.decant.model.MlpMixer} is a short example.
 */
@NullMarked
package dev.decant.model;

import org.jspecify.annotations.NullMarked;
