package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.autotune.Autotune;
import dev.panacea.kernels.cuda.Cublas;
import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.svdlora.AdaptedProduct.Way;
import dev.panacea.kernels.svdlora.AdapterProducts.Operands;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The two large products of adapted layers by the way that {@link AdapterWays} chooses for each. For one thread at a time. */
final class ChosenProducts {
    private final CudaDevice device;
    private final AdapterWays ways;
    private final PaddedFactors factors;
    private final Map<AdapterWay, AdapterProducts> products = new EnumMap<>(AdapterWay.class);
    private final Map<Question, AdapterWay> chosen = new HashMap<>();
    // null until it was looked for
    private Optional<Blas> cublas;

    ChosenProducts(CudaDevice device, AdapterWays ways, PaddedFactors factors, Linear linear, Elementwise elementwise) {
        this.device = device;
        this.ways = ways;
        this.factors = factors;
        products.put(AdapterWay.FUSED, new OwnFused(device, factors));
        products.put(AdapterWay.UNFUSED, new OwnUnfused(device, factors, linear, elementwise));
    }

    private record Question(Way direction, long rows, int inputs, int outputs, int ranks, boolean room) {
        static Question of(Way direction, SvdLoraPlan plan, Buffer weight) {
            SvdLoraLinear.Shape shape = plan.shape();
            return new Question(direction, Autotune.rows(shape.rows()), shape.inputs(), shape.outputs(), plan.ranks(),
                WeightRoom.of(shape.inputs(), shape.outputs(), shape.rank()).isIn(weight));
        }

        String spelled() {
            return "adapted layer, " + direction.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", bfloat16, up to " + rows + " rows, "
                + inputs + " to " + outputs + ", " + ranks + " ranks" + (room ? " in room" : "");
        }
    }

    void keepIn(Path file) {
        ways.keepIn(file);
        chosen.clear();
    }

    AdapterProducts by(AdapterWay way) {
        return products.computeIfAbsent(way, unseen -> way == AdapterWay.CUBLAS_AUGMENTED
            ? new CublasAugmented(device, factors, device.blas()) : new CublasUnfused(device, factors, device.blas()));
    }

    void forward(SvdLoraPlan plan, Operands operands, Buffer y) {
        AdapterWay chosen = chosen(Way.FORWARD, plan, operands, way -> by(way).forward(plan, operands, y));
        by(chosen).forward(plan, operands, y);
    }

    void inputGradient(SvdLoraPlan plan, Operands operands, Buffer dx, boolean accumulate) {
        AdapterWay chosen = chosen(Way.INPUT_GRADIENT, plan, operands, way -> {
            // what is in dx already must not be touched
            try (MemoryScope scope = device.openScope("measured products")) {
                Buffer trial = accumulate ? scope.allocate("dx", DType.BF16, (long) plan.shape().rows() * plan.shape().inputs()) : dx;
                by(way).inputGradient(plan, operands, trial, false);
            }
        });
        by(chosen).inputGradient(plan, operands, dx, accumulate);
    }

    private AdapterWay chosen(Way direction, SvdLoraPlan plan, Operands operands, Consumer<AdapterWay> trial) {
        Question question = Question.of(direction, plan, operands.weight());
        AdapterWay way = chosen.get(question);
        if (way == null) {
            List<AdapterWay> candidates = candidates(question.room);
            String library = cublas().map(blas -> ", " + blas.description()).orElse("");
            way = ways.choose(device, question.spelled() + library, candidates, trial);
            chosen.put(question, way);
        }
        if (question.room && !way.onCublas()) {
            throw new IllegalArgumentException("the way " + way.spelled()
                + " takes W0 as it is, and not in a buffer with room for its adapter");
        }
        return way;
    }

    // own products take no weight with room
    private List<AdapterWay> candidates(boolean room) {
        if (room) {
            return List.of(AdapterWay.CUBLAS_AUGMENTED, AdapterWay.CUBLAS_UNFUSED);
        }
        return cublas().isPresent() ? List.of(AdapterWay.FUSED, AdapterWay.CUBLAS_UNFUSED, AdapterWay.CUBLAS_AUGMENTED)
            : List.of(AdapterWay.FUSED);
    }

    private Optional<Blas> cublas() {
        if (cublas == null) {
            cublas = ways.considersCublas() ? Cublas.of(device) : Optional.empty();
        }
        return cublas;
    }
}
