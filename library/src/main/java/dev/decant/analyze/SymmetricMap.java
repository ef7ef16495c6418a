package dev.decant.analyze;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;

/** A symmetric matrix that is known by its products with vectors alone, as the Hessian of a loss. */
interface SymmetricMap {

    /** Rows, and columns. */
    long size();

    /** Of the vectors. */
    DType dtype();

    /** The matrix times a vector (size). */
    Tensor times(Tensor vector);
}
