package dev.decant.model;

import java.util.List;

/** A stack of transformer layers, seen by terms and studies that compare layer with layer. */
public interface Layered {

    /** Tap of what enters the first layer (R_0). */
    String embeddings();

    /** The taps of each layer, from first to last. */
    List<LayerTaps> layers();
}
