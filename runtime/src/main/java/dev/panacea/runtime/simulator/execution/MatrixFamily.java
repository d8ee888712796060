package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.simulator.arithmetic.TensorCore;
import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.List;
import java.util.Map;

/** mma.sync, ldmatrix and movmatrix: what all lanes of a warp do with small matrices. */
final class MatrixFamily {
    private MatrixFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("mma", MatrixFamily::multiply);
        table.put("ldmatrix", MatrixLoad::decode);
        table.put("movmatrix", MatrixFamily::transpose);
    }

    /** An operation of all lanes: it waits for those that live, and needs them all. */
    abstract static class Whole extends ConvergentOperation {
        @Override
        final int members(Warp warp, int lane) {
            return Warp.ALL;
        }

        @Override
        final int alike(Warp warp, int lanes, int lane) {
            return lanes;
        }

        final void requireAll(int lanes) {
            if (lanes != Warp.ALL) {
                throw new LaneFault(CudaError.LAUNCH_FAILED, Integer.numberOfTrailingZeros(~lanes), "all 32 lanes must take part, and 0x"
                    + Integer.toHexString(lanes) + " do");
            }
        }
    }

    /** One of the products of {@link TensorCore}, on the slots of its fragments. */
    private interface Product {
        void apply(int[] words, int[] d, int[] a, int[] b, int[] c);
    }

    private static Operation multiply(Translation t) {
        t.expectOperands(4, 4);
        List<String> m = t.modifiers();
        List<String> types = m.stream().filter(modifier -> PtxType.named(modifier) != null).toList();
        if (!t.has("sync") || !t.has("row") || !t.has("col") || types.size() != 4) {
            throw t.unknown();
        }
        String shape = m.stream().filter(modifier -> modifier.matches("m\\d+n\\d+k\\d+")).findFirst().orElse("");
        String key = shape + "." + String.join(".", types);
        boolean finite = t.has("satfinite");
        int[] counts = fragments(shape, types);
        Product product = switch (key) {
            case "m16n8k16.f32.bf16.bf16.f32" -> TensorCore::m16n8k16Bf16;
            case "m16n8k8.f32.bf16.bf16.f32" -> TensorCore::m16n8k8Bf16;
            case "m16n8k16.f32.f16.f16.f32" -> TensorCore::m16n8k16F16;
            case "m16n8k8.f32.f16.f16.f32" -> TensorCore::m16n8k8F16;
            case "m16n8k16.f16.f16.f16.f16" -> TensorCore::m16n8k16F16ToF16;
            case "m16n8k8.f16.f16.f16.f16" -> TensorCore::m16n8k8F16ToF16;
            case "m16n8k8.f32.tf32.tf32.f32" -> TensorCore::m16n8k8Tf32;
            case "m16n8k4.f32.tf32.tf32.f32" -> TensorCore::m16n8k4Tf32;
            default -> bytes(t, shape, types, finite);
        };
        return new Multiply(product, slots(t, 0, counts[0]), slots(t, 1, counts[1]), slots(t, 2, counts[2]), slots(t, 3, counts[0]));
    }

    private static Product bytes(Translation t, String shape, List<String> types, boolean finite) {
        boolean integers = types.get(0).equals("s32") && types.get(3).equals("s32") && types.get(1).matches("[su]8") && types.get(2).matches("[su]8");
        if (!integers || !shape.equals("m16n8k32") && !shape.equals("m16n8k16")) {
            throw t.error("is a matrix product that the simulated GPU does not know");
        }
        boolean signedA = types.get(1).equals("s8");
        boolean signedB = types.get(2).equals("s8");
        return shape.equals("m16n8k32") ? (r, d, a, b, c) -> TensorCore.m16n8k32Bytes(r, d, a, signedA, b, signedB, c, finite)
            : (r, d, a, b, c) -> TensorCore.m16n8k16Bytes(r, d, a, signedA, b, signedB, c, finite);
    }

    /** How many registers hold the accumulators, a and b. */
    private static int[] fragments(String shape, List<String> types) {
        int bits = types.get(1).equals("tf32") ? 32 : types.get(1).endsWith("16") ? 16 : 8;
        int k = shape.startsWith("m16n8k") ? Integer.parseInt(shape.substring(6)) : 0;
        int a = 16 * k * bits / Warp.LANES / Integer.SIZE;
        return new int[] {types.get(0).equals("f16") ? 2 : 4, a, a / 2};
    }

    private static int[] slots(Translation t, int index, int count) {
        List<Operand> elements = t.elements(index);
        if (elements.size() != count) {
            throw t.error("has " + elements.size() + " registers in operand " + index + " and should have " + count);
        }
        return elements.stream().mapToInt(element -> (index == 0 ? t.wordTarget(element) : t.word(element, PtxType.B32)) / Warp.LANES).toArray();
    }

    private static final class Multiply extends Whole {
        private final Product product;
        private final int[] d;
        private final int[] a;
        private final int[] b;
        private final int[] c;

        Multiply(Product product, int[] d, int[] a, int[] b, int[] c) {
            this.product = product;
            this.d = d;
            this.a = a;
            this.b = b;
            this.c = c;
        }

        @Override
        void execute(Warp warp, int lanes) {
            requireAll(lanes);
            product.apply(warp.words, d, a, b, c);
        }
    }

    private static Operation transpose(Translation t) {
        t.expectOperands(2, 2);
        if (!t.has("trans") || !t.has("m8n8")) {
            throw t.unknown();
        }
        return new Transpose(t.wordTarget(0), t.word(1, PtxType.B32));
    }

    /** movmatrix: an 8 x 8 matrix of 16-bit elements, row r in lanes 4r to 4r + 3, two elements each. */
    private static final class Transpose extends Whole {
        private final int target;
        private final int source;

        Transpose(int target, int source) {
            this.target = target;
            this.source = source;
        }

        @Override
        void execute(Warp warp, int lanes) {
            requireAll(lanes);
            System.arraycopy(warp.words, source, warp.scratch, 0, Warp.LANES);
            for (int lane = 0; lane < Warp.LANES; lane++) {
                int column = lane >> 2;
                int row = 2 * (lane & 3);
                warp.words[target + lane] = element(warp.scratch, row, column) | element(warp.scratch, row + 1, column) << Short.SIZE;
            }
        }

        private static int element(int[] words, int row, int column) {
            return words[4 * row + (column >> 1)] >>> Short.SIZE * (column & 1) & 0xFFFF;
        }
    }
}
