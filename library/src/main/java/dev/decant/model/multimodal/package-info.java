/**
 * Models of images with texts: X-VLM and its vision encoders.
 *
 * <p>Read {@link dev.decant.model.multimodal.Xvlm} first.
 */
@NullMarked
package dev.decant.model.multimodal;

import org.jspecify.annotations.NullMarked;
