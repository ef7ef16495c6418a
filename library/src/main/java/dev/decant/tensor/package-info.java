/**
 * Facade over libtorch: {@code Tensor}, devices, scopes, autocast, random state. The only package that
 * imports the binding; every trap of the native library is handled here. Read {@code Tensor} first.
 */
@NullMarked
package dev.decant.tensor;

import org.jspecify.annotations.NullMarked;
