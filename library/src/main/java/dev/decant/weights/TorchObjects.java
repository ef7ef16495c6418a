package dev.decant.weights;

import dev.decant.tensor.DType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The names a PyTorch weight file may mention, and what each becomes. Anything else is code and is refused. */
final class TorchObjects {

    private static final int HIGHEST_RANK = 64;

    private static final Map<String, DType> STORAGES = Map.of(
            "torch.DoubleStorage", DType.F64,
            "torch.FloatStorage", DType.F32,
            "torch.HalfStorage", DType.F16,
            "torch.BFloat16Storage", DType.BF16,
            "torch.LongStorage", DType.I64,
            "torch.IntStorage", DType.I32,
            "torch.ShortStorage", DType.I16,
            "torch.CharStorage", DType.I8,
            "torch.ByteStorage", DType.U8,
            "torch.BoolStorage", DType.BOOL);

    private static final Map<String, DType> DTYPES = Map.of(
            "torch.float64", DType.F64,
            "torch.float32", DType.F32,
            "torch.float16", DType.F16,
            "torch.bfloat16", DType.BF16,
            "torch.int64", DType.I64,
            "torch.int32", DType.I32,
            "torch.int16", DType.I16,
            "torch.int8", DType.I8,
            "torch.uint8", DType.U8,
            "torch.bool", DType.BOOL);

    private static final Set<String> UNTYPED = Set.of("torch.storage.UntypedStorage", "torch.UntypedStorage");

    private static final Set<String> DICTS =
            Set.of("collections.OrderedDict", "collections.defaultdict", "collections.Counter", "builtins.dict");

    private static final Set<String> TENSORS = Set.of(
            "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3");

    private static final Set<String> PARAMETERS =
            Set.of("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state");

    private static final String FROM_TYPE = "torch._tensor._rebuild_from_type_v2";
    private static final String SIZE = "torch.Size";

    /** Data that training scripts leave beside the weights. */
    private static final Set<String> HARMLESS = Set.of(
            "torch.Tensor",
            "torch.nn.parameter.Parameter",
            "torch.device",
            "torch.serialization._get_layout",
            "argparse.Namespace",
            "pathlib.PosixPath",
            "builtins.set",
            "builtins.frozenset",
            "builtins.complex",
            "builtins.bytearray",
            "__builtin__.set",
            "__builtin__.frozenset",
            "__builtin__.complex",
            "__builtin__.bytearray",
            "_codecs.encode",
            "numpy.dtype",
            "numpy.ndarray",
            "numpy.core.multiarray.scalar",
            "numpy.core.multiarray._reconstruct",
            "numpy._core.multiarray.scalar",
            "numpy._core.multiarray._reconstruct");

    private final Path file;
    private final Map<String, Integer> widths = new HashMap<>();

    TorchObjects(Path file) {
        this.file = file;
    }

    /** {@link WeightsException} naming the global unless it is on the list. */
    Pickled.Global global(String module, String name) {
        String full = module + "." + name;
        boolean known = STORAGES.containsKey(full)
                || DTYPES.containsKey(full)
                || UNTYPED.contains(full)
                || DICTS.contains(full)
                || TENSORS.contains(full)
                || PARAMETERS.contains(full)
                || HARMLESS.contains(full)
                || full.equals(FROM_TYPE)
                || full.equals(SIZE);
        if (known) {
            return new Pickled.Global(full);
        }
        String shown = shortened(full);
        boolean isElementType = full.matches("torch\\.[A-Za-z]+[0-9]*Storage")
                || full.matches("torch\\.(uint|int|float|complex|q)[A-Za-z0-9_]+");
        throw isElementType
                ? error("holds " + shown + " elements, which are not read here; convert them to another type")
                : error("carries code: refuses to build " + shown
                        + "; a weight file holds tensors, numbers, strings, lists and dicts"
                        + " (save the state_dict alone)");
    }

    /** What a call of an allowed name gives; nothing is called. */
    Object call(Pickled.Global callable, List<Object> arguments) {
        String name = callable.name();
        if (DICTS.contains(name)) {
            return dict(arguments);
        }
        if (TENSORS.contains(name)) {
            return tensor(name, arguments);
        }
        if (PARAMETERS.contains(name) || name.equals(SIZE)) {
            return argument(name, arguments, 0);
        }
        if (name.equals(FROM_TYPE)) {
            return fromType(arguments);
        }
        if (HARMLESS.contains(name)) {
            return new Pickled.Opaque();
        }
        throw error("truncated or corrupt: a call of " + name);
    }

    /** {@code ('storage', type, key, location, elements[, view])}. */
    Pickled.Storage persistent(Object id) {
        if (!(id instanceof Pickled.Tuple tuple)
                || tuple.items().size() < 5
                || !"storage".equals(tuple.items().get(0))
                || !(tuple.items().get(1) instanceof Pickled.Global type)
                || !(tuple.items().get(2) instanceof String key)
                || !(tuple.items().get(4) instanceof Long elements)) {
            throw error("refers to an object outside of it that is no storage"
                    + " (a whole module was saved? save its state_dict instead)");
        }
        DType dtype = STORAGES.get(type.name());
        if (dtype == null && !UNTYPED.contains(type.name())) {
            throw error("truncated or corrupt: " + type.name() + " is no storage type");
        }
        Integer before = widths.put(key, dtype == null ? 1 : dtype.bytes());
        if (before != null && !before.equals(widths.get(key))) {
            throw error("truncated or corrupt: storage " + shortened(key) + " has two element types");
        }
        long offset = 0;
        if (tuple.items().size() > 5 && tuple.items().get(5) instanceof Pickled.Tuple view) {
            offset = natural("a storage view", argument("a storage view", view.items(), 1));
            elements = natural("a storage view", argument("a storage view", view.items(), 2));
        }
        return new Pickled.Storage(Optional.ofNullable(dtype), key, offset, elements);
    }

    /** Bytes of an element of each storage that was referred to so far, by key. */
    Map<String, Integer> widths() {
        return widths;
    }

    private Map<Object, Object> dict(List<Object> arguments) {
        Map<Object, Object> dict = new LinkedHashMap<>();
        if (!arguments.isEmpty() && arguments.get(0) instanceof List<?> pairs) {
            for (Object pair : pairs) {
                List<?> items = pair instanceof Pickled.Tuple t ? t.items() : pair instanceof List<?> l ? l : List.of();
                if (items.size() != 2 || !(items.get(0) instanceof String key)) {
                    throw error("truncated or corrupt: a dict of something else than names and values");
                }
                dict.put(key, items.get(1));
            }
        }
        return dict;
    }

    private Pickled.View tensor(String name, List<Object> arguments) {
        if (!(argument(name, arguments, 0) instanceof Pickled.Storage storage)) {
            throw error("truncated or corrupt: a tensor without storage");
        }
        DType dtype = storage.dtype().orElse(DType.U8);
        if (name.endsWith("_v3")) {
            Object type = argument(name, arguments, 6);
            dtype = type instanceof Pickled.Global g && DTYPES.containsKey(g.name()) ? DTYPES.get(g.name()) : null;
            if (dtype == null) {
                throw error("truncated or corrupt: a tensor without element type");
            }
        }
        long offset = natural("a tensor's offset", argument(name, arguments, 1));
        long[] shape = naturals("a tensor's shape", argument(name, arguments, 2));
        long[] strides = naturals("a tensor's strides", argument(name, arguments, 3));
        if (shape.length != strides.length) {
            throw error(
                    "truncated or corrupt: a tensor of " + shape.length + " sizes and " + strides.length + " strides");
        }
        return new Pickled.View(storage, dtype, offset, shape, strides);
    }

    private Object fromType(List<Object> arguments) {
        if (argument(FROM_TYPE, arguments, 0) instanceof Pickled.Global callable
                && !callable.name().equals(FROM_TYPE)
                && argument(FROM_TYPE, arguments, 2) instanceof Pickled.Tuple inner) {
            return call(callable, inner.items());
        }
        throw error("truncated or corrupt: a tensor of unknown type");
    }

    private Object argument(String name, List<Object> arguments, int index) {
        if (index >= arguments.size()) {
            throw error("truncated or corrupt: " + name + " with " + arguments.size() + " arguments");
        }
        return arguments.get(index);
    }

    private long[] naturals(String what, Object value) {
        List<?> items = value instanceof Pickled.Tuple t ? t.items() : value instanceof List<?> l ? l : null;
        if (items == null || items.size() > HIGHEST_RANK) {
            throw error("truncated or corrupt: " + what + " is no short tuple");
        }
        return items.stream().mapToLong(item -> natural(what, item)).toArray();
    }

    private long natural(String what, Object value) {
        if (value instanceof Long n && n >= 0) {
            return n;
        }
        throw error("truncated or corrupt: " + what + " is not a whole number from 0 on");
    }

    private WeightsException error(String what) {
        return WeightsException.in(file, what);
    }

    static String shortened(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > 80 ? line.substring(0, 80) + " ..." : line;
    }
}
