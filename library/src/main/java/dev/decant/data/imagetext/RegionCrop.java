package dev.decant.data.imagetext;

import dev.decant.image.Crops;
import dev.decant.image.Image;
import dev.decant.image.Resize;
import dev.decant.spec.Interpolation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Cuts out a part of an image that holds one of its regions, mirrors it, and scales it to a square; boxes follow. Regions
 * of which too little is left are dropped, the others cut at the edges (X-VLM, arXiv 2111.08276).
 *
 * @param side of the result in pixels
 * @param cuts whether a part is cut out; else the whole image is scaled
 * @param most regions kept of an image
 * @param inside part of a region's area that must be left, above which it is kept
 * @param flip chance of mirroring; never where a text names left or right
 */
public record RegionCrop(int side, boolean cuts, int most, double inside, double flip, Interpolation interpolation) {

    /**
     * What is left of an image.
     *
     * @param regions one at least; boxes in pixels of the image that is cut out and scaled
     */
    record Result(Image image, List<RegionExample.Region> regions) {}

    Result apply(Image image, List<RegionExample.Region> regions, SplittableRandom random) {
        List<RegionExample.Region> parts =
                regions.stream().filter(r -> !r.whole()).toList();
        Rect all = new Rect(0, 0, image.width(), image.height());
        Rect cut = parts.isEmpty() || !cuts
                ? all
                : around(parts.get(random.nextInt(parts.size())).box(), image, random);
        boolean mirrored =
                regions.stream().noneMatch(r -> CaptionText.namesSides(r.text())) && random.nextDouble() < flip;
        Image cropped = Resize.crop(
                image,
                (int) cut.x(),
                (int) cut.y(),
                (int) cut.width(),
                (int) cut.height(),
                side,
                side,
                interpolation.draw(random));
        List<RegionExample.Region> kept = new ArrayList<>();
        regions.stream().filter(RegionExample.Region::whole).limit(1).forEach(r -> kept.add(whole(r)));
        for (RegionExample.Region region : shuffled(parts, random)) {
            Rect left = region.box().shared(cut);
            if (kept.size() < most
                    && left.area() > inside * region.box().shared(all).area()) {
                Rect own = left.in(cut);
                Rect turned = mirrored ? own.mirrored(cut.width()) : own;
                kept.add(new RegionExample.Region(
                        turned.scaled(side / cut.width(), side / cut.height()), region.text(), false));
            }
        }
        return new Result(mirrored ? Crops.mirror(cropped) : cropped, kept);
    }

    private RegionExample.Region whole(RegionExample.Region region) {
        return new RegionExample.Region(new Rect(0, 0, side, side), region.text(), true);
    }

    /** Whole pixels that hold the box, as far around it as chance says. */
    private static Rect around(Rect box, Image image, SplittableRandom random) {
        int left = random.nextInt((int) Math.floor(Math.max(0, box.x())) + 1);
        int top = random.nextInt((int) Math.floor(Math.max(0, box.y())) + 1);
        int right = (int) Math.min(Math.ceil(box.right()), image.width());
        int bottom = (int) Math.min(Math.ceil(box.bottom()), image.height());
        right += random.nextInt(image.width() - right + 1);
        bottom += random.nextInt(image.height() - bottom + 1);
        return new Rect(left, top, right - left, bottom - top);
    }

    private static List<RegionExample.Region> shuffled(List<RegionExample.Region> regions, SplittableRandom random) {
        List<RegionExample.Region> order = new ArrayList<>(regions);
        for (int i = order.size() - 1; i > 0; i--) {
            Collections.swap(order, i, random.nextInt(i + 1));
        }
        return order;
    }
}
