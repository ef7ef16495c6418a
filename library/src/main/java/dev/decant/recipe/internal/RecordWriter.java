package dev.decant.recipe.internal;

import dev.decant.recipe.PlainValue;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Writes records as the YAML that {@link RecordReader} reads back to equal ones. */
public final class RecordWriter {

    private RecordWriter() {}

    /** Several lines; maps and lists of nothing but single values stay on one. */
    public static String block(Object value) {
        return dump(value, FlowStyle.AUTO, 120);
    }

    /** One line. */
    public static String flow(Object value) {
        return dump(value, FlowStyle.FLOW, Integer.MAX_VALUE).strip();
    }

    private static String dump(Object value, FlowStyle style, int width) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(style)
                .setWidth(width)
                .setIndent(4)
                .setIndicatorIndent(2)
                .setMultiLineFlow(false)
                .setSchema(new CoreSchema())
                .build();
        return new Dump(settings).dumpToString(plain(value));
    }

    /** Records as maps, enums as text, Optional as the value or null. */
    private static @Nullable Object plain(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? plain(optional.get()) : null;
        }
        if (value instanceof PlainValue plainValue) {
            return plain(plainValue.plain());
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(item -> items.add(plain(item)));
            return items;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
            map.forEach((key, item) -> entries.put(key, plain(item)));
            return entries;
        }
        if (value instanceof Enum<?> constant) {
            return KebabCase.of(constant);
        }
        return value instanceof Record record ? choice(record) : value;
    }

    private static Map<String, @Nullable Object> choice(Record record) {
        String kind = KebabCase.of(record.getClass());
        Class<?> sealed = Shape.choiceOf(record.getClass()).orElse(null);
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (sealed == null) {
            putKeys(map, record);
        } else if (Shape.isKeyedByName(sealed)) {
            Map<String, @Nullable Object> keys = new LinkedHashMap<>();
            putKeys(keys, record);
            map.put(kind, keys);
        } else {
            map.put(Shape.kindKey(sealed), kind);
            putKeys(map, record);
        }
        return map;
    }

    private static void putKeys(Map<String, @Nullable Object> map, Record record) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = get(component, record);
            if (Shape.isFlattened(component)) {
                if (component.getType().isSealed()) {
                    map.put(Shape.kindKey(component.getType()), KebabCase.of(value.getClass()));
                }
                putKeys(map, (Record) value);
            } else {
                map.put(KebabCase.of(component.getName()), plain(value));
            }
        }
    }

    private static Object get(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("cannot read " + component, e);
        }
    }
}
