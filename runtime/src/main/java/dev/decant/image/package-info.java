/**
 * Images: decoding, resizing, cropping and normalizing them as Pillow and timm do.
 *
 * <p>Read {@link dev.decant.image.Image} and {@link dev.decant.image.Images} first.
 */
@NullMarked
package dev.decant.image;

import org.jspecify.annotations.NullMarked;
