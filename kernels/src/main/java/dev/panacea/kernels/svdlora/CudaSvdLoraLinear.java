package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.svdlora.AdapterProducts.Operands;
import dev.panacea.kernels.svdlora.DiagonalKernels.Entries;
import dev.panacea.kernels.svdlora.NarrowPasses.Wide;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

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

    /** Addresses of what a forward and its backward both read. */
    private record Layer(long x, long weight, long left, long right, Diagonals diagonals, long projected) { }

    private Layer layer(Shape shape, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer preferenceOfRow,
                        Buffer projected) {
        if (shape.rank() < 1 || shape.inputs() < 1 || shape.outputs() < 1 || shape.preferences() < 1 || shape.rows() < 0) {
            throw new IllegalArgumentException("an adapted layer has at least one input, output, rank and preference, unlike " + shape);
        }
        if (preferenceOfRow == null && shape.preferences() != 1) {
            throw new IllegalArgumentException(shape.preferences() + " preferences need to say which row has which");
        }
        long rows = shape.rows();
        long rank = shape.rank();
        var multipliers = new Diagonals(shape.rank(), SvdLoraPlan.ranks(shape.rank()), shape.preferences(),
            operand.address("diagonal", diagonal, DType.F32, shape.preferences() * rank),
            operand.addressOrNull("preferenceOfRow", preferenceOfRow, DType.I32, rows));
        return new Layer(operand.address("x", x, DType.BF16, rows * shape.inputs()),
            operand.address("weight", weight, DType.BF16, (long) shape.outputs() * shape.inputs()),
            operand.address("left", left, DType.BF16, shape.outputs() * rank),
            operand.address("right", right, DType.BF16, shape.inputs() * rank), multipliers,
            operand.address("projected", projected, DType.F32, rows * rank));
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
    public void forward(Shape shape, Path path, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                        Buffer preferenceOfRow, Buffer projected, Buffer y) {
        if (path == Path.MERGED && shape.preferences() != 1) {
            throw new IllegalArgumentException("one merged weight serves one preference, not " + shape.preferences());
        }
        Layer layer = layer(shape, x, weight, left, right, diagonal, preferenceOfRow, projected);
        operand.address("y", y, DType.BF16, (long) shape.rows() * shape.outputs());
        if (shape.rows() == 0) {
            return;
        }
        SvdLoraPlan plan = SvdLoraPlan.of(shape, card);
        // given back before the kernels have run, which is safe: memory is reused in stream order
        try (MemoryScope scope = device.openScope("SVD-LoRA forward")) {
            Buffer h = narrow(scope, shape, plan);
            long v = factors.padded(scope, layer.right, shape.inputs(), shape.rank());
            passes.project(plan.inputPass(), new Wide(layer.x, shape.rows(), shape.inputs()), v, layer.diagonals, layer.projected,
                CudaBuffer.address(h));
            Operands operands = new Operands(x, h, weight, left);
            switch (path) {
                case AUGMENTED -> products.forward(plan, operands, y);
                case UNMERGED -> {
                    refuseRoom(shape.inputs(), shape.outputs(), shape.rank(), weight);
                    products.by(AdapterWay.UNFUSED).forward(plan, operands, y);
                }
                case MERGED -> {
                    Buffer merged = scope.allocate("merged W", DType.BF16, (long) shape.outputs() * shape.inputs());
                    merge(shape.inputs(), shape.outputs(), shape.rank(), weight, left, right, diagonal, merged);
                    linear.forward(shape.rows(), shape.inputs(), shape.outputs(), x, merged, y);
                }
            }
        }
    }

    private static Buffer narrow(MemoryScope scope, Shape shape, SvdLoraPlan plan) {
        return scope.allocate("narrow operand", DType.BF16, (long) shape.rows() * plan.ranks());
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
    public void backward(Shape shape, Buffer dy, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                         Buffer preferenceOfRow, Buffer projected, Buffer dx, boolean accumulate, Buffer dLeft, Buffer dRight,
                         Buffer dDiagonal) {
        Layer layer = layer(shape, x, weight, left, right, diagonal, preferenceOfRow, projected);
        long dys = operand.address("dy", dy, DType.BF16, (long) shape.rows() * shape.outputs());
        operand.addressOrNull("dx", dx, DType.BF16, (long) shape.rows() * shape.inputs());
        long dLefts = operand.address("dLeft", dLeft, DType.F32, (long) shape.outputs() * shape.rank());
        long dRights = operand.address("dRight", dRight, DType.F32, (long) shape.inputs() * shape.rank());
        long dDiagonals = operand.address("dDiagonal", dDiagonal, DType.F32, (long) shape.preferences() * shape.rank());
        if (shape.rows() == 0) {
            return;
        }
        SvdLoraPlan plan = SvdLoraPlan.of(shape, card);
        try (MemoryScope scope = device.openScope("SVD-LoRA backward")) {
            Buffer scaledGradient = narrow(scope, shape, plan);
            long scaled = CudaBuffer.address(scaledGradient);
            long g = leftGradient(scope, shape, plan, layer, dys, scaled, dLefts);
            if (dx != null) {
                products.inputGradient(plan, new Operands(dy, scaledGradient, weight, right), dx, accumulate);
            }
            passes.factor(plan.inputPass(), new Wide(layer.x, shape.rows(), shape.inputs()), scaled, layer.diagonals, dRights);
            diagonalGradient(scope, shape, plan, layer, g, dDiagonals);
        }
    }

    /** G (rows, rank), which it returns, G ⊙ d and dU by one read of dy. */
    private long leftGradient(MemoryScope scope, Shape shape, SvdLoraPlan plan, Layer layer, long dy, long scaledGradient, long dLeft) {
        long g = CudaBuffer.address(scope.allocate("dy·U", DType.F32, (long) shape.rows() * shape.rank()));
        long h = CudaBuffer.address(narrow(scope, shape, plan));
        passes.scale(shape.rows(), layer.projected, layer.diagonals, h);
        long u = factors.padded(scope, layer.left, shape.outputs(), shape.rank());
        passes.projectAndFactor(plan.outputPass(), new Wide(dy, shape.rows(), shape.outputs()), u, h, layer.diagonals, g, scaledGradient,
            dLeft);
        return g;
    }

    private void diagonalGradient(MemoryScope scope, Shape shape, SvdLoraPlan plan, Layer layer, long g, long dDiagonal) {
        long count = (long) plan.chunks() * shape.preferences() * plan.ranks();
        long parts = CudaBuffer.address(scope.allocate("parts of dDiagonal", DType.F32, count));
        diagonals.gradient(plan.chunks(), shape.rows(), layer.diagonals, g, layer.projected, parts);
        passes.addParts(plan.chunks(), parts, shape.preferences(), layer.diagonals, dDiagonal);
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
