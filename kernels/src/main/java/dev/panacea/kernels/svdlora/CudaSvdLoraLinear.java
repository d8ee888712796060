package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.svdlora.AdapterProducts.Operands;
import dev.panacea.kernels.svdlora.DiagonalKernels.Entries;
import dev.panacea.kernels.svdlora.NarrowPasses.Wide;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link SvdLoraLinear} on a CUDA device: skinny passes, and large products by a way of {@link AdapterWays}. For one thread at a time.
 */
final class CudaSvdLoraLinear implements SvdLoraLinear {
    private final CudaDevice device;
    private final ProductCard card;
    private final CudaOperand operand;
    private final Linear linear;
    private final Elementwise elementwise;
    private final PaddedFactors factors;
    private final NarrowPasses passes;
    private final ChosenProducts products;
    private final DiagonalKernels diagonals;

    CudaSvdLoraLinear(CudaDevice device, AdapterWays ways) {
        this(device, ProductCard.A800, ways);
    }

    CudaSvdLoraLinear(CudaDevice device, ProductCard card, AdapterWays ways) {
        this.device = device;
        this.card = card;
        operand = new CudaOperand(device);
        linear = Linear.on(device);
        elementwise = Elementwise.on(device);
        factors = new PaddedFactors(device);
        passes = new NarrowPasses(device);
        products = new ChosenProducts(device, ways, factors, linear, elementwise);
        diagonals = new DiagonalKernels(device);
    }

    /** Addresses of what a layer's forward and its backward both read. */
    private record Layer(SvdLoraPlan plan, long x, long weight, long left, long right, Diagonals diagonals, long projected) {
        Shape shape() {
            return plan.shape();
        }
    }

    private List<Layer> layers(SvdLoraGroup group) {
        return group.members().stream().map(member -> layer(group, member)).toList();
    }

    private Layer layer(SvdLoraGroup group, Member member) {
        long rows = group.rows();
        long inputs = group.inputs();
        long rank = member.rank();
        var multipliers = new Diagonals(member.rank(), SvdLoraPlan.ranks(member.rank()), group.preferences(),
            operand.address("diagonal", member.diagonal(), DType.F32, group.preferences() * rank),
            operand.addressOrNull("preferenceOfRow", group.preferenceOfRow(), DType.I32, rows));
        return new Layer(SvdLoraPlan.of(group.shape(member), card), operand.address("x", group.x(), DType.BF16, rows * inputs),
            operand.address("weight", member.weight(), DType.BF16, member.outputs() * inputs),
            operand.address("left", member.left(), DType.BF16, member.outputs() * rank),
            operand.address("right", member.right(), DType.BF16, inputs * rank), multipliers,
            operand.address("projected", member.projected(), DType.F32, rows * rank));
    }

    @Override
    public Path usualPath() {
        return Path.AUGMENTED;
    }

    @Override
    public void keepWays(java.nio.file.Path file) {
        products.keepIn(file);
    }

    @Override
    public void forward(Path path, SvdLoraGroup group, List<Buffer> y) {
        if (path == Path.MERGED && group.preferences() != 1) {
            throw new IllegalArgumentException("one merged weight serves one preference, not " + group.preferences());
        }
        group.checkOneEach("y", y);
        List<Layer> layers = layers(group);
        for (int i = 0; i < layers.size(); i++) {
            operand.address("y", y.get(i), DType.BF16, (long) group.rows() * layers.get(i).shape().outputs());
        }
        if (group.rows() == 0) {
            return;
        }
        // given back before the kernels have run, which is safe: memory is reused in stream order
        try (MemoryScope scope = device.openScope("SVD-LoRA forward")) {
            List<Buffer> narrow = project(scope, group, layers);
            for (int i = 0; i < layers.size(); i++) {
                product(path, layers.get(i), group.x(), group.members().get(i), narrow.get(i), y.get(i));
            }
        }
    }

    /** x·V of every layer, and h, which it returns, by one read of x. */
    private List<Buffer> project(MemoryScope scope, SvdLoraGroup group, List<Layer> layers) {
        List<Buffer> narrow = new ArrayList<>();
        List<NarrowOperands> adapters = new ArrayList<>();
        for (Layer layer : layers) {
            Buffer h = narrow(scope, layer.plan);
            narrow.add(h);
            adapters.add(NarrowOperands.projecting(layer.diagonals,
                factors.padded(scope, layer.right, group.inputs(), layer.diagonals.rank()), layer.projected, CudaBuffer.address(h)));
        }
        passes.project(inputPass(group, layers), input(group, layers), adapters);
        return narrow;
    }

    private static NarrowGrid inputPass(SvdLoraGroup group, List<Layer> layers) {
        return NarrowGrid.of(group.rows(), group.inputs(), layers.stream().mapToInt(layer -> layer.plan.ranks()).sum());
    }

    private static Wide input(SvdLoraGroup group, List<Layer> layers) {
        return new Wide(layers.getFirst().x, group.rows(), group.inputs());
    }

    private void product(Path path, Layer layer, Buffer x, Member member, Buffer h, Buffer y) {
        Shape shape = layer.shape();
        Operands operands = new Operands(x, h, member.weight(), member.left());
        switch (path) {
            case AUGMENTED -> products.forward(layer.plan, operands, y);
            case UNMERGED -> {
                refuseRoom(shape.inputs(), shape.outputs(), shape.rank(), member.weight());
                products.by(AdapterWay.UNFUSED).forward(layer.plan, operands, y);
            }
            case MERGED -> {
                try (MemoryScope scope = device.openScope("SVD-LoRA product")) {
                    Buffer merged = scope.allocate("merged W", DType.BF16, (long) shape.outputs() * shape.inputs());
                    merge(shape.inputs(), shape.outputs(), shape.rank(), member.weight(), member.left(), member.right(),
                        member.diagonal(), merged);
                    linear.forward(shape.rows(), shape.inputs(), shape.outputs(), x, merged, y);
                }
            }
        }
    }

    private static Buffer narrow(MemoryScope scope, SvdLoraPlan plan) {
        return scope.allocate("narrow operand", DType.BF16, (long) plan.shape().rows() * plan.ranks());
    }

    private static void refuseRoom(int inputs, int outputs, int rank, Buffer weight) {
        if (WeightRoom.of(inputs, outputs, rank).isIn(weight)) {
            throw new IllegalArgumentException("own products take W0 as it is, and not in a buffer with room for its adapter");
        }
    }

    // sum (rows, columns) += a (rows, depth) · b (depth, columns), which is how a linear layer's gradient meets its weight
    private void addProduct(int rows, int columns, int depth, Buffer a, Buffer b, Buffer sum) {
        linear.backward(rows, columns, depth, a, null, b, sum, true, null);
    }

    @Override
    public void backward(SvdLoraGroup group, List<Gradients> gradients, Buffer dx, boolean accumulate) {
        group.checkOneEach("gradients", gradients);
        List<Layer> layers = layers(group);
        for (int i = 0; i < layers.size(); i++) {
            checkGradients(layers.get(i).shape(), gradients.get(i));
        }
        operand.addressOrNull("dx", dx, DType.BF16, (long) group.rows() * group.inputs());
        if (group.rows() == 0) {
            return;
        }
        try (MemoryScope scope = device.openScope("SVD-LoRA backward")) {
            List<NarrowOperands> adapters = new ArrayList<>();
            for (int i = layers.size() - 1; i >= 0; i--) {
                Layer layer = layers.get(i);
                Buffer scaled = narrow(scope, layer.plan);
                backward(layer, gradients.get(i), scaled);
                if (dx != null) {
                    Member member = group.members().get(i);
                    products.inputGradient(layer.plan, new Operands(gradients.get(i).dy(), scaled, member.weight(), member.right()), dx,
                        accumulate || i < layers.size() - 1);
                }
                adapters.addFirst(NarrowOperands.adding(layer.diagonals, CudaBuffer.address(scaled),
                    CudaBuffer.address(gradients.get(i).right())));
            }
            passes.factor(inputPass(group, layers), input(group, layers), adapters);
        }
    }

    private void checkGradients(Shape shape, Gradients gradients) {
        operand.address("dy", gradients.dy(), DType.BF16, (long) shape.rows() * shape.outputs());
        operand.address("dLeft", gradients.left(), DType.F32, (long) shape.outputs() * shape.rank());
        operand.address("dRight", gradients.right(), DType.F32, (long) shape.inputs() * shape.rank());
        operand.address("dDiagonal", gradients.diagonal(), DType.F32, (long) shape.preferences() * shape.rank());
    }

    /** dU and dDiagonal of one layer; for dx and dV it leaves G ⊙ d in {@code scaled}. */
    private void backward(Layer layer, Gradients gradients, Buffer scaled) {
        long dy = CudaBuffer.address(gradients.dy());
        try (MemoryScope scope = device.openScope("SVD-LoRA backward of a layer")) {
            long g = leftGradient(scope, layer, dy, CudaBuffer.address(scaled), CudaBuffer.address(gradients.left()));
            diagonalGradient(scope, layer, g, CudaBuffer.address(gradients.diagonal()));
        }
    }

    /** G (rows, rank), which it returns, G ⊙ d and dU by one read of dy. */
    private long leftGradient(MemoryScope scope, Layer layer, long dy, long scaledGradient, long dLeft) {
        Shape shape = layer.shape();
        long g = CudaBuffer.address(scope.allocate("dy·U", DType.F32, (long) shape.rows() * shape.rank()));
        long h = CudaBuffer.address(narrow(scope, layer.plan));
        passes.scale(shape.rows(), layer.projected, layer.diagonals, h);
        long u = factors.padded(scope, layer.left, shape.outputs(), shape.rank());
        passes.projectAndFactor(layer.plan.outputPass(), new Wide(dy, shape.rows(), shape.outputs()),
            List.of(new NarrowOperands(layer.diagonals, u, h, g, scaledGradient, dLeft)));
        return g;
    }

    private void diagonalGradient(MemoryScope scope, Layer layer, long g, long dDiagonal) {
        Shape shape = layer.shape();
        SvdLoraPlan plan = layer.plan;
        long count = (long) plan.chunks() * shape.preferences() * plan.ranks();
        long parts = CudaBuffer.address(scope.allocate("parts of dDiagonal", DType.F32, count));
        diagonals.gradient(plan.chunks(), shape.rows(), layer.diagonals, g, layer.projected, parts);
        passes.addParts(plan.chunks(), parts, shape.preferences(), List.of(NarrowOperands.adding(layer.diagonals, 0, dDiagonal)));
    }

    @Override
    public void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged) {
        refuseRoom(inputs, outputs, rank, weight);
        long count = (long) outputs * inputs;
        operand.address("weight", weight, DType.BF16, count);
        operand.address("merged", merged, DType.BF16, count);
        long lefts = operand.address("left", left, DType.BF16, (long) outputs * rank);
        long rights = operand.address("right", right, DType.BF16, (long) inputs * rank);
        long multipliers = operand.address("diagonal", diagonal, DType.F32, rank);
        try (MemoryScope scope = device.openScope("SVD-LoRA merge")) {
            Buffer u = factors.scaled(scope, lefts, multipliers, outputs, rank);
            Buffer v = factors.transposed(scope, rights, inputs, rank, inputs);
            elementwise.copy(count, weight, merged);
            addProduct(outputs, inputs, SvdLoraPlan.ranks(rank), u, v, merged);
        }
    }

    @Override
    public void diagonal(int k, int m, int preferences, float multiplier, Buffer singular, Buffer scale, Buffer lambda, Buffer diagonal) {
        Entries entries = entries(k, m, preferences, multiplier);
        diagonals.diagonal(entries, operand.address("singular", singular, DType.F32, k), ofLambda("scale", scale, m, 1),
            ofLambda("lambda", lambda, m, (long) preferences * m), operand.address("diagonal", diagonal, DType.F32, entries.count()));
    }

    @Override
    public void diagonalBackward(int k, int m, int preferences, float multiplier, Buffer lambda, Buffer dDiagonal, Buffer dSingular,
                                 Buffer dScale) {
        Entries entries = entries(k, m, preferences, multiplier);
        long gradient = operand.address("dDiagonal", dDiagonal, DType.F32, entries.count());
        long lambdas = ofLambda("lambda", lambda, m, (long) preferences * m);
        long scales = ofLambda("dScale", dScale, m, 1);
        diagonals.singularGradient(entries, gradient, operand.address("dSingular", dSingular, DType.F32, k));
        if (m > 0) {
            diagonals.scaleGradient(entries, lambdas, gradient, scales);
        }
    }

    private long ofLambda(String name, Buffer buffer, int m, long count) {
        return m == 0 ? 0 : operand.address(name, buffer, DType.F32, count);
    }

    private static Entries entries(int k, int m, int preferences, float multiplier) {
        if (k < 1 || m < 0 || preferences < 1) {
            throw new IllegalArgumentException("a diagonal has k of at least 1, m of at least 0 and a preference, not " + k + ", " + m
                + " and " + preferences);
        }
        return new Entries(k, m, preferences, multiplier);
    }
}
