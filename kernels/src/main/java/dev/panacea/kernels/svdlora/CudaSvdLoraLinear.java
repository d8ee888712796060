package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.cuda.CudaOperand;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.linear.Linear;
import dev.panacea.kernels.svdlora.AdaptedProduct.Operands;
import dev.panacea.kernels.svdlora.AdaptedProduct.Way;
import dev.panacea.kernels.svdlora.DiagonalKernels.Entries;
import dev.panacea.kernels.svdlora.NarrowPasses.Wide;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/**
 * {@link SvdLoraLinear} on a CUDA device. What {@link Path#AUGMENTED} and the backward do besides reading a matrix that a plain product
 * reads too is small: skinny passes and one more tile of depth. For one thread at a time.
 */
final class CudaSvdLoraLinear implements SvdLoraLinear {
    // rows of Vᵀ begin at multiples of so many elements
    private static final int PACK = 8;

    private final CudaDevice device;
    private final ProductCard card;
    private final CudaOperand operand;
    private final Linear linear;
    private final Elementwise elementwise;
    private final PaddedFactors factors;
    private final NarrowPasses passes;
    private final AdaptedProduct product;
    private final DiagonalKernels diagonals;

    CudaSvdLoraLinear(CudaDevice device) {
        this(device, ProductCard.A800);
    }

    CudaSvdLoraLinear(CudaDevice device, ProductCard card) {
        this.device = device;
        this.card = card;
        operand = new CudaOperand(device);
        linear = Linear.on(device);
        elementwise = Elementwise.on(device);
        factors = new PaddedFactors(device);
        passes = new NarrowPasses(device);
        product = new AdaptedProduct(device);
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
    public void forward(Shape shape, Path path, Buffer x, Buffer weight, Buffer left, Buffer right, Buffer diagonal,
                        Buffer preferenceOfRow, Buffer projected, Buffer y) {
        if (path == Path.MERGED && shape.preferences() != 1) {
            throw new IllegalArgumentException("one merged weight serves one preference, not " + shape.preferences());
        }
        Layer layer = layer(shape, x, weight, left, right, diagonal, preferenceOfRow, projected);
        long ys = operand.address("y", y, DType.BF16, (long) shape.rows() * shape.outputs());
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
            switch (path) {
                case AUGMENTED -> {
                    long u = factors.padded(scope, layer.left, shape.outputs(), shape.rank());
                    product.run(Way.FORWARD, plan,
                        new Operands(layer.x, CudaBuffer.address(h), layer.weight, u, shape.inputs()), ys, false);
                }
                case UNMERGED -> unmerged(scope, shape, plan, x, weight, layer.left, h, y);
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

    // in float32, so that y is rounded once
    private void unmerged(MemoryScope scope, Shape shape, SvdLoraPlan plan, Buffer x, Buffer weight, long left, Buffer h, Buffer y) {
        long count = (long) shape.rows() * shape.outputs();
        Buffer sums = scope.allocate("y in float32", DType.F32, count);
        linear.forward(shape.rows(), shape.inputs(), shape.outputs(), x, weight, sums);
        Buffer u = factors.transposed(scope, left, shape.outputs(), shape.rank(), shape.outputs());
        addProduct(shape.rows(), shape.outputs(), plan.ranks(), h, u, sums);
        elementwise.cast(count, sums, y);
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
        long dxs = operand.addressOrNull("dx", dx, DType.BF16, (long) shape.rows() * shape.inputs());
        long dLefts = operand.address("dLeft", dLeft, DType.F32, (long) shape.outputs() * shape.rank());
        long dRights = operand.address("dRight", dRight, DType.F32, (long) shape.inputs() * shape.rank());
        long dDiagonals = operand.address("dDiagonal", dDiagonal, DType.F32, (long) shape.preferences() * shape.rank());
        if (shape.rows() == 0) {
            return;
        }
        SvdLoraPlan plan = SvdLoraPlan.of(shape, card);
        try (MemoryScope scope = device.openScope("SVD-LoRA backward")) {
            long scaled = CudaBuffer.address(narrow(scope, shape, plan));
            long g = leftGradient(scope, shape, plan, layer, dys, scaled, dLefts);
            if (dx != null) {
                inputGradient(scope, shape, plan, layer, dys, scaled, dxs, accumulate);
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

    private void inputGradient(MemoryScope scope, Shape shape, SvdLoraPlan plan, Layer layer, long dy, long scaledGradient, long dx,
                               boolean accumulate) {
        Buffer v = factors.transposed(scope, layer.right, shape.inputs(), shape.rank(), Math.ceilDiv(shape.inputs(), PACK) * PACK);
        product.run(Way.INPUT_GRADIENT, plan,
            new Operands(dy, scaledGradient, layer.weight, CudaBuffer.address(v), shape.outputs()), dx, accumulate);
    }

    private void diagonalGradient(MemoryScope scope, Shape shape, SvdLoraPlan plan, Layer layer, long g, long dDiagonal) {
        long count = (long) plan.chunks() * shape.preferences() * plan.ranks();
        long parts = CudaBuffer.address(scope.allocate("parts of dDiagonal", DType.F32, count));
        diagonals.gradient(plan.chunks(), shape.rows(), layer.diagonals, g, layer.projected, parts);
        passes.addParts(plan.chunks(), parts, shape.preferences(), layer.diagonals, dDiagonal);
    }

    @Override
    public void merge(int inputs, int outputs, int rank, Buffer weight, Buffer left, Buffer right, Buffer diagonal, Buffer merged) {
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
