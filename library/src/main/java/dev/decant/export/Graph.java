package dev.decant.export;

import dev.decant.model.Size;
import dev.decant.tensor.DType;
import dev.decant.tensor.Recording;
import java.util.List;
import java.util.Map;

/**
 * What a network computes, for any batch size: operations by the facade's names.
 *
 * @param nodes in the order of computing, none of them without use
 * @param output number of the value that is the network's output
 * @param sizes of every value's dimensions, by the value's number; the first values are the inputs
 */
record Graph(List<Port> inputs, List<Node> nodes, int output, Map<Integer, List<Size>> sizes) {

    /** A named input. */
    record Port(String name, DType dtype, List<Size> sizes) {}

    /** One operation. */
    record Node(String op, Map<String, Object> attributes, List<Recording.Operand> operands, Recording.Value result) {}
}
