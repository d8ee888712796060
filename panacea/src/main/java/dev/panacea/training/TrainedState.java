package dev.panacea.training;

import dev.panacea.autograd.Optimizer;
import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Tensor;
import dev.panacea.runtime.Buffer;
import dev.panacea.transformer.weights.NamedTensor;
import dev.panacea.transformer.weights.SafetensorsFile;
import dev.panacea.transformer.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The arrays that a checkpoint holds, float32: {@code parameters.safetensors} by name, and the optimiser's moments. */
public final class TrainedState {
    private static final String PARAMETERS = "parameters.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";

    private TrainedState() { }

    public static void write(Path folder, ParameterSet parameters, Optimizer optimizer) {
        List<NamedTensor> tensors = new ArrayList<>();
        parameters.tensors().forEach((name, tensor) -> tensors.add(new NamedTensor(name, shape(tensor), parameters.master(name))));
        SafetensorsWriter.write(folder.resolve(PARAMETERS), tensors, Map.of("format", "panacea"));
        SafetensorsWriter.write(folder.resolve(OPTIMIZER), List.of(
            flat("first_moment", optimizer.firstMoment()), flat("second_moment", optimizer.secondMoment())), Map.of());
    }

    public static void read(Path folder, ParameterSet parameters, Optimizer optimizer) {
        readParameters(folder, parameters);
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(OPTIMIZER))) {
            file.read("first_moment", optimizer.firstMoment(), true);
            file.read("second_moment", optimizer.secondMoment(), true);
        }
    }

    /** Only what was trained, to use it. */
    public static void readParameters(Path folder, ParameterSet parameters) {
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(PARAMETERS))) {
            parameters.tensors().keySet().forEach(name -> file.read(name, parameters.master(name), true));
        }
        parameters.refreshCopies();
    }

    private static List<Long> shape(Tensor tensor) {
        return Arrays.stream(tensor.shape()).mapToObj(Long::valueOf).toList();
    }

    private static NamedTensor flat(String name, Buffer buffer) {
        return new NamedTensor(name, List.of(buffer.count()), buffer);
    }
}
