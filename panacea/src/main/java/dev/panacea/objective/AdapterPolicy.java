package dev.panacea.objective;

import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.SvdLoraProjection;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.Buffer;
import dev.panacea.transformer.adapter.RowPreferences;
import dev.panacea.transformer.adapter.SvdLoraAdapter;
import dev.panacea.transformer.model.Projector;
import java.util.Optional;

/**
 * A frozen model with an adapter.
 *
 * @param path how the adapter is computed; empty for the way that is usual on the device
 */
public record AdapterPolicy(SvdLoraAdapter adapter, Optional<SvdLoraLinear.Path> path) implements Policy {
    private static final String LAMBDA = "lambda";
    private static final String OF_ROW = "preference of row";

    public AdapterPolicy(SvdLoraAdapter adapter) {
        this(adapter, Optional.empty());
    }

    @Override
    public void prepare(double[][] lambda, HostPass pass) {
        RowPreferences preferences = adapter.preferences(lambda, pass.ownerOfRow());
        pass.arrays().add(LAMBDA, preferences.lambda());
        if (preferences.ofRow() != null) {
            pass.arrays().add(OF_ROW, preferences.ofRow());
        }
    }

    @Override
    public Projector on(Tape tape, DeviceArrays arrays) {
        Buffer lambda = arrays.get(LAMBDA);
        int dimensions = adapter.preferenceDimensions();
        var preferences = new SvdLoraProjection.Preferences(
            Tensor.constant(lambda, Math.toIntExact(lambda.count() / dimensions), dimensions), arrays.find(OF_ROW).orElse(null));
        return adapter.at(preferences, path.orElseGet(tape.kernels().svdLoraLinear()::usualPath));
    }
}
