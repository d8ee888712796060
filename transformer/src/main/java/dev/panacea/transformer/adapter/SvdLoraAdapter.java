package dev.panacea.transformer.adapter;

import dev.panacea.autograd.ParameterSet;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Tensor;
import dev.panacea.autograd.operations.LinearProjection;
import dev.panacea.autograd.operations.SvdLoraProjection;
import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.transformer.model.LlamaTensors;
import dev.panacea.transformer.model.Projector;
import dev.panacea.transformer.model.RowProjector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The trained part of Panacea: U, σ, s and V of every adapted matrix (Zhong et al. 2024). At the start σ = 0 and s = 0, so the
 * adapted model is the base model for every preference.
 */
public final class SvdLoraAdapter {

    private record Place(int layer, Projection projection) { }

    private final ParameterSet parameters;
    private final AdapterPlan plan;
    private final int preferenceDimensions;
    private final Map<Place, SvdLoraProjection.Adapter> adapters = new HashMap<>();

    /** @param preferenceDimensions m */
    public SvdLoraAdapter(Kernels kernels, MemoryScope scope, AdapterPlan plan, int preferenceDimensions) {
        this.plan = plan;
        this.preferenceDimensions = preferenceDimensions;
        ParameterSet.Builder builder = new ParameterSet.Builder();
        for (AdaptedMatrix matrix : plan.matrices()) {
            builder.add(name(matrix, "U"), matrix.outputs(), matrix.directions());
            builder.add(name(matrix, "V"), matrix.inputs(), matrix.directions());
            builder.addFloats(name(matrix, "sigma"), matrix.rank());
            if (matrix.preferenceEntries() > 0) {
                builder.addFloats(name(matrix, "s"), 1);
            }
        }
        parameters = builder.build(kernels, scope);
        for (AdaptedMatrix matrix : plan.matrices()) {
            adapters.put(new Place(matrix.layer(), matrix.projection()), new SvdLoraProjection.Adapter(
                parameters.get(name(matrix, "U")), parameters.get(name(matrix, "V")), parameters.get(name(matrix, "sigma")),
                matrix.preferenceEntries() > 0 ? parameters.get(name(matrix, "s")) : null, plan.multiplier(matrix)));
        }
    }

    private static String name(AdaptedMatrix matrix, String part) {
        return "layers." + matrix.layer() + "." + matrix.projection().module() + "." + part;
    }

    /** Draws U and V from the plan's N(0, std²); σ and s stay 0. */
    public void initialize(RandomGenerator random) {
        for (AdaptedMatrix matrix : plan.matrices()) {
            draw(parameters.master(name(matrix, "U")), plan.initStd(), random);
            draw(parameters.master(name(matrix, "V")), plan.initStd(), random);
        }
        parameters.refreshCopies();
    }

    private static void draw(Buffer values, double std, RandomGenerator random) {
        float[] drawn = new float[Math.toIntExact(values.count())];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = (float) (random.nextGaussian() * std);
        }
        values.copyFrom(drawn);
    }

    public ParameterSet parameters() {
        return parameters;
    }

    public AdapterPlan plan() {
        return plan;
    }

    public int preferenceDimensions() {
        return preferenceDimensions;
    }

    /**
     * The adapted model with one preference for each owner of rows; matrices without an adapter run bare.
     *
     * @param lambdaOfOwner a point of the simplex for each owner, (owners, m)
     */
    public RowProjector at(double[][] lambdaOfOwner, SvdLoraLinear.Path path) {
        return (tape, ownerOfRow) -> at(preferences(lambdaOfOwner, ownerOfRow).on(tape.scope()), path);
    }

    /** {@link #at(double[][], SvdLoraLinear.Path)} by the way that is usual on the tape's device. */
    public RowProjector at(double[][] lambdaOfOwner) {
        return (tape, ownerOfRow) -> at(lambdaOfOwner, tape.kernels().svdLoraLinear().usualPath()).forRows(tape, ownerOfRow);
    }

    /** The adapted model with preferences that are on the device already. */
    public Projector at(SvdLoraProjection.Preferences preferences, SvdLoraLinear.Path path) {
        return (tape, layer, weights, projections, x) -> {
            Map<Projection, Tensor> results = new EnumMap<>(Projection.class);
            Map<Projection, SvdLoraProjection.Layer> adapted = new EnumMap<>(Projection.class);
            for (Projection projection : projections) {
                SvdLoraProjection.Adapter adapter = adapters.get(new Place(layer, projection));
                if (adapter == null) {
                    results.put(projection, LinearProjection.apply(tape, x, weights.matrix(projection)));
                } else {
                    adapted.put(projection, new SvdLoraProjection.Layer(weights.matrix(projection), adapter));
                }
            }
            if (!adapted.isEmpty()) {
                var together = SvdLoraProjection.apply(tape, path, x, List.copyOf(adapted.values()), preferences).iterator();
                adapted.keySet().forEach(projection -> results.put(projection, together.next()));
            }
            return projections.stream().map(results::get).toList();
        };
    }

    /** The preferences of a batch's rows, for {@link #at(SvdLoraProjection.Preferences, SvdLoraLinear.Path)} once they are on a device. */
    public RowPreferences preferences(double[][] lambdaOfOwner, int[] ownerOfRow) {
        for (double[] lambda : lambdaOfOwner) {
            checkDimensions(lambda);
        }
        return RowPreferences.of(lambdaOfOwner, ownerOfRow);
    }

    private void checkDimensions(double[] lambda) {
        if (lambda.length != preferenceDimensions) {
            throw new IllegalArgumentException("the adapter has " + preferenceDimensions + " preference dimensions, but λ has "
                + lambda.length);
        }
    }

    /** The model with the adapter folded into its matrices at one preference: a plain Llama, exact to the weights' rounding. */
    public LlamaTensors merge(Kernels kernels, MemoryScope scope, LlamaTensors base, double[] lambda) {
        List<LlamaTensors.Layer> layers = new ArrayList<>();
        try (MemoryScope work = scope.child("merge")) {
            Tape tape = Tape.withoutGradients(kernels, work);
            var preferences = preferences(new double[][] {lambda}, new int[0]).on(work);
            for (int index = 0; index < base.layers().size(); index++) {
                int layer = index;
                layers.add(base.layers().get(layer).map((projection, weight) -> {
                    SvdLoraProjection.Adapter adapter = adapters.get(new Place(layer, projection));
                    return adapter == null ? weight : merged(tape, scope, adapter, preferences, weight);
                }));
            }
        }
        return new LlamaTensors(base.embedding(), base.head(), base.finalNorm(), layers);
    }

    private static Tensor merged(Tape tape, MemoryScope scope, SvdLoraProjection.Adapter adapter,
                                 SvdLoraProjection.Preferences preferences, Tensor weight) {
        Tensor diagonal = SvdLoraProjection.diagonal(tape, adapter, preferences);
        Buffer merged = scope.allocate("merged weight", weight.buffer().dtype(), weight.count());
        tape.kernels().svdLoraLinear().merge(weight.extent(1), weight.extent(0), adapter.rank(), weight.buffer(),
            adapter.left().buffer(), adapter.right().buffer(), diagonal.buffer(), merged);
        return Tensor.constant(merged, weight.shape());
    }
}
