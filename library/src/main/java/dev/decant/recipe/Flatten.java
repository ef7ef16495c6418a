package dev.decant.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a component that is a record or a sealed interface: its keys stand among those of the record that holds it. A record with a
 * flattened sealed interface is written like a choice of it, {@code {type: kd, temperature: 2, weight: 1}} or just {@code kd}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Flatten {}
