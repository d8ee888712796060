package dev.panacea.runtime.simulator.arithmetic;

/** The floating-point shapes of mma, with their instruction, their formats and the group in which k is consumed. */
enum MmaShape {
    M16N8K16_BF16(16, 16, 32, 8, TensorCore::m16n8k16Bf16),
    M16N8K8_BF16(8, 16, 32, 8, TensorCore::m16n8k8Bf16),
    M16N8K16_F16(16, 16, 32, 8, TensorCore::m16n8k16F16),
    M16N8K8_F16(8, 16, 32, 8, TensorCore::m16n8k8F16),
    M16N8K16_F16_TO_F16(16, 16, 16, 8, TensorCore::m16n8k16F16ToF16),
    M16N8K8_F16_TO_F16(8, 16, 16, 8, TensorCore::m16n8k8F16ToF16),
    M16N8K8_TF32(8, 32, 32, 4, TensorCore::m16n8k8Tf32),
    M16N8K4_TF32(4, 32, 32, 4, TensorCore::m16n8k4Tf32);

    interface Instruction {
        void run(int[] r, int[] d, int[] a, int[] b, int[] c);
    }

    final Fragments fragments;
    final int group;
    final Instruction instruction;

    MmaShape(int k, int bits, int accumulatorBits, int group, Instruction instruction) {
        this.fragments = new Fragments(k, bits, accumulatorBits);
        this.group = group;
        this.instruction = instruction;
    }

    boolean bf16() {
        return this == M16N8K16_BF16 || this == M16N8K8_BF16;
    }

    /** The value of an operand's bits. */
    float operand(int bits) {
        if (fragments.bits() == 32) {
            return Float.intBitsToFloat(bits & 0xffffe000);
        }
        return bf16() ? BFloat16.toFloat((short) bits) : Half.toFloat((short) bits);
    }

    int operandBits(float value) {
        if (fragments.bits() == 32) {
            return Float.floatToRawIntBits(value);
        }
        return bf16() ? BFloat16.fromFloat(value) : Half.fromFloat(value);
    }

    float accumulator(int bits) {
        return fragments.accumulatorBits() == 32 ? Float.intBitsToFloat(bits) : Half.toFloat((short) bits);
    }

    int accumulatorBits(float value) {
        return fragments.accumulatorBits() == 32 ? Float.floatToRawIntBits(value) : Half.fromFloat(value) & 0xffff;
    }
}
