package dev.panacea.runtime.simulator.arithmetic;

/** The modes of prmt, each four selectors of four bytes (a nibble a byte of the result), chosen by the low bits of its control. */
public enum PermuteMode {
    /** Four bytes upward from the control. */
    F4E(0x3210, 0x4321, 0x5432, 0x6543),
    /** Four bytes downward from the control, from {@code a} on to the end of {@code b}. */
    B4E(0x5670, 0x6701, 0x7012, 0x0123),
    /** One byte four times. */
    RC8(0x0000, 0x1111, 0x2222, 0x3333),
    /** Edge clamp left. */
    ECL(0x3210, 0x3211, 0x3222, 0x3333),
    /** Edge clamp right. */
    ECR(0x0000, 0x1110, 0x2210, 0x3210),
    /** One half twice. */
    RC16(0x1010, 0x3232, 0x1010, 0x3232);

    private final int[] selectors;

    PermuteMode(int... selectors) {
        this.selectors = selectors;
    }

    int selector(int control) {
        return selectors[control];
    }
}
