/**
 * What a model is: a {@link dev.decant.model.Network} with a config, what it takes ({@link dev.decant.model.Inputs}), what it can be
 * asked for ({@link dev.decant.model.TapSignature}), and the {@link dev.decant.model.Catalogue} of all architectures.
 *
 * <p>Architectures are in {@code model.vision}, {@code model.text} and {@code model.multimodal}, one file each, and come into the
 * catalogue by a {@link dev.decant.model.ModelProvider}. Every one offers its taps to a trace, so that distillation needs to know
 * none of them. Read {@code Network} first.
 */
@NullMarked
package dev.decant.model;

import org.jspecify.annotations.NullMarked;
