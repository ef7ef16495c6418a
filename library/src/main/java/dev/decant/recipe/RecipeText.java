package dev.decant.recipe;

import dev.decant.recipe.internal.RecordWriter;
import dev.decant.recipe.internal.Reference;

/** Recipes as text for people. */
public final class RecipeText {

    private RecipeText() {}

    /** The recipe as YAML with every default written out; reads back to an equal recipe. {@code null} is a key not set. */
    public static String explain(Recipe recipe) {
        return RecordWriter.block(recipe);
    }

    /** A data set as YAML in one line, as {@code --data} takes it. */
    public static String explain(DataSpec data) {
        return RecordWriter.flow(data);
    }

    /** Tables of all keys with their types, defaults and meaning, as Markdown; {@code docs/recipes.md} has a copy. */
    public static String reference() {
        return Reference.markdown(Recipe.class, SweepSpec.class);
    }
}
