package dev.decant.data.imagetext;

import dev.decant.data.image.Augment;

/**
 * What is done to the images of image-text batches, each of which ends in the same normalization.
 *
 * @param any to an image whose text stays true when it is mirrored
 * @param upright to an image whose text names left or right: the same without mirroring
 * @param crop to an image with boxes
 * @param colors to what the crop left
 */
public record ImageTextAugment(Augment any, Augment upright, RegionCrop crop, Augment colors) {}
