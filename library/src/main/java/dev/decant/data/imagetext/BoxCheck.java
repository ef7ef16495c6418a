package dev.decant.data.imagetext;

import dev.decant.data.Problems;
import dev.decant.image.ImageSet;
import java.util.HashMap;
import java.util.Map;

/** Whether boxes lie in their images. */
final class BoxCheck {

    /** Headers of more images are not read ahead; their boxes are cut at the edges when they come. */
    private static final int MOST_IMAGES = 20_000;

    /** Rounded coordinates may stick out by a pixel. */
    private static final double SLACK = 1;

    private final ImageSet pictures;
    private final Problems complaints;
    private final Map<Integer, ImageSet.Extent> extents = new HashMap<>();

    BoxCheck(ImageSet pictures, Problems complaints) {
        this.pictures = pictures;
        this.complaints = complaints;
    }

    /** Whether a box can be used; complains if not. */
    boolean fits(Rect box, int image, String where) {
        String text = "box [" + number(box.x()) + ", " + number(box.y()) + ", " + number(box.width()) + ", "
                + number(box.height()) + "]";
        if (!(box.width() > 0 && box.height() > 0)) {
            complaints.add(where, text + " has no area; expected [x, y, width, height] in pixels");
            return false;
        }
        if (!extents.containsKey(image) && extents.size() >= MOST_IMAGES) {
            return box.x() >= -SLACK && box.y() >= -SLACK;
        }
        ImageSet.Extent extent = extents.computeIfAbsent(image, pictures::extent);
        Rect whole = new Rect(0, 0, extent.width(), extent.height());
        boolean inside = box.x() >= -SLACK
                && box.y() >= -SLACK
                && box.right() <= extent.width() + SLACK
                && box.bottom() <= extent.height() + SLACK
                && box.shared(whole).area() > 0;
        if (!inside) {
            complaints.add(
                    where,
                    text + " is outside its image of " + extent.width() + " x " + extent.height() + " pixels ("
                            + pictures.name(image) + ")");
        }
        return inside;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
