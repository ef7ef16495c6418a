package dev.decant.study;

import dev.decant.build.DataBuilder;
import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.data.Loader;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.Split;
import dev.decant.stage.Evaluation;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a study looks at: some examples of the test split, and networks by name. */
public final class StudyData {

    private StudyData() {}

    /** The data that networks are studied on; texts are cut by the first folder's tokenizer unless the data names one. */
    public static DataBuilder open(DataSpec data, List<String> folders) {
        return DataBuilder.of(data, folders.stream().map(StudyData::model).toArray(ModelSpec[]::new));
    }

    private static ModelSpec model(String folder) {
        return new ModelSpec(folder, Map.of(), Optional.empty());
    }

    /** The first examples of the split, one in each batch, in the order of the data; tensors live in the scope that is open. */
    public static List<Batch> examples(DataBuilder data, ModelConfig.Input input, int count) {
        Loader loader = data.evaluation(Split.TEST, input, 1);
        int wanted = Math.min(count, loader.size());
        SortedMap<Integer, Batch> examples = new TreeMap<>();
        try (Epoch epoch = loader.epoch(0, 0)) {
            while (examples.size() < wanted && epoch.hasNext()) {
                Batch batch = epoch.next();
                if (batch.indices()[0] < wanted) { // a loader may begin with the longest
                    examples.put(batch.indices()[0], batch);
                }
            }
        }
        return List.copyOf(examples.values());
    }

    /** Trained networks by a short name: the folder's, or its parent's where that is called {@code model}. */
    public static Map<String, Network> networks(List<String> folders, DataBuilder data) {
        Map<String, Network> networks = new LinkedHashMap<>();
        for (String folder : folders) {
            Network network = Evaluation.trained(model(folder), data.modelArguments());
            String name = name(Path.of(folder).toAbsolutePath().normalize());
            networks.put(networks.containsKey(name) ? folder : name, network);
        }
        return networks;
    }

    private static String name(Path folder) {
        Path parent = folder.getParent();
        Path named = folder.endsWith("model") && parent != null && parent.getFileName() != null ? parent : folder;
        return String.valueOf(named.getFileName());
    }
}
