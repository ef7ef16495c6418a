package dev.decant.data.imagetext;

import java.util.List;

/**
 * An image of which parts are named.
 *
 * @param image its place among the pictures
 * @param regions one at least
 * @param where it comes from, for messages
 */
public record RegionExample(int image, List<Region> regions, String where) {

    public RegionExample {
        regions = List.copyOf(regions);
    }

    /**
     * A part of an image.
     *
     * @param box in pixels of the image
     * @param text what is there
     * @param whole whether it is the whole image, whose box is not to be found
     */
    public record Region(Rect box, String text, boolean whole) {}
}
