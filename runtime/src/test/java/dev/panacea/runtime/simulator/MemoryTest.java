package dev.panacea.runtime.simulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.LaunchGeometry;
import org.junit.jupiter.api.Test;

/** Loads and stores of all spaces, and what happens where nothing may be touched. */
class MemoryTest {
    private final SimulatedGpu gpu = new SimulatedGpu();

    private CudaException fault(String body, long... inputs) {
        return assertThrows(CudaException.class, () -> gpu.run(body, 64, inputs));
    }

    @Test
    void freshMemoryIsPoison() {
        long address = gpu.driver.allocate(8);
        assertArrayEquals(new long[] {-1}, gpu.download(address, 1));
    }

    @Test
    void anOverrunNamesEverythingThatHelps() {
        CudaException thrown = fault("mul.wide.u32 %rd10, %r2, 16; add.u64 %rd10, %rd1, %rd10; st.global.u32 [%rd10], %r2;");
        assertEquals(CudaError.ILLEGAL_ADDRESS, thrown.error());
        String message = thrown.getMessage();
        assertTrue(message.contains("k line "), message);
        assertTrue(message.contains("st.global.u32 [%rd10], %r2;"), message);
        assertTrue(message.contains("4 bytes at 0x"), message);
        assertTrue(message.contains("0 bytes past the end of the 512-byte allocation at 0x"), message);
        assertTrue(message.contains("block (0, 0, 0) thread (32, 0, 0)"), message);
    }

    @Test
    void aLostContextStaysLost() {
        fault("mov.u64 %rd10, 16; ld.global.u32 %r10, [%rd10];");
        CudaException later = assertThrows(CudaException.class, () -> gpu.driver.allocate(16));
        assertEquals(CudaError.ILLEGAL_ADDRESS, later.error());
        assertTrue(later.getMessage().contains("null pointer"), later.getMessage());
    }

    @Test
    void misalignedAndFreedMemoryAreTold() {
        assertEquals(CudaError.MISALIGNED_ADDRESS, fault("ld.global.u64 %rd10, [%rd2+4];", 1, 2).error());
        SimulatedGpu other = new SimulatedGpu();
        CudaModule module = other.load(SimulatedGpu.kernel("ld.global.u64 %rd10, [%rd2]; st.global.u64 [%rd1], %rd10;"));
        long in = other.upload(1);
        long out = other.upload(1);
        other.driver.free(in);
        CudaException thrown = assertThrows(CudaException.class, () -> other.launch(module, new LaunchGeometry(1, 1), out, in, 0));
        assertTrue(thrown.getMessage().contains("inside the freed 8-byte allocation"), thrown.getMessage());
    }

    @Test
    void sharedAndLocalMemoryHaveBounds() {
        assertTrue(fault(".shared .align 4 .b32 a[4]; mov.u32 %r10, a; st.shared.u32 [%r10+16], %r2;").getMessage()
            .contains("shared offset 16, and the block has 16 bytes"));
        SimulatedGpu other = new SimulatedGpu();
        CudaException thrown = assertThrows(CudaException.class,
            () -> other.run(".local .align 8 .b8 a[16]; mov.u64 %rd10, a; st.local.u64 [%rd10+16], %rd1;", 1));
        assertTrue(thrown.getMessage().contains("local offset 16, and a thread has 16 bytes"), thrown.getMessage());
    }

    @Test
    void genericAddressesFindTheirSpace() {
        long[] result = gpu.run("""
            .shared .align 8 .b64 a[64];
            .local .align 8 .b64 b;
            shl.b32 %r10, %r2, 3;
            mov.u32 %r11, a;
            add.u32 %r11, %r11, %r10;
            cvt.u64.u32 %rd10, %r11;
            cvta.shared.u64 %rd10, %rd10;
            mov.u64 %rd11, b;
            cvta.local.u64 %rd11, %rd11;
            isspacep.shared %p1, %rd10;
            isspacep.local %p2, %rd11;
            and.pred %p1, %p1, %p2;
            and.b32 %r12, %r2, 1;
            setp.eq.u32 %p3, %r12, 0;
            selp.b64 %rd12, %rd10, %rd11, %p3;
            cvt.u64.u32 %rd13, %r2;
            st.u64 [%rd12], %rd13;
            ld.u64 %rd14, [%rd12];
            @!%p1 mov.u64 %rd14, 0;
            st.u64 [%rd4], %rd14;
            """, 64);
        for (int i = 0; i < 64; i++) {
            assertEquals(i, result[i]);
        }
    }

    @Test
    void elementsOfAllSizesAreExtendedAsTheirTypeSays() {
        long[] result = gpu.run("""
            ld.global.s8 %r10, [%rd2+1];
            ld.global.u8 %r11, [%rd2+1];
            ld.global.v4.s16 {%r12, %r13, %r14, %r15}, [%rd2];
            ld.global.v2.u32 {%r16, %r17}, [%rd2];
            add.s32 %r10, %r10, %r11;
            add.s32 %r10, %r10, %r12;
            add.s32 %r10, %r10, %r13;
            add.s32 %r10, %r10, %r14;
            add.s32 %r10, %r10, %r15;
            xor.b32 %r10, %r10, %r16;
            xor.b32 %r10, %r10, %r17;
            st.global.v2.b32 [%rd4], {%r10, %r17};
            """, 1, 0x1234_8765_FFFF_8081L);
        int sum = (byte) 0x80 + 0x80 + (short) 0x8081 + (short) 0xFFFF + (short) 0x8765 + 0x1234;
        assertEquals((sum ^ 0xFFFF8081 ^ 0x12348765) & 0xFFFFFFFFL | 0x12348765L << 32, result[0]);
    }

    @Test
    void constantsGlobalsAndTheirAddressesAreThere() {
        String ptx = SimulatedGpu.HEADER + """
            .const .align 4 .u32 table[3] = {7, 8, 9};
            .global .align 8 .u64 pointer = generic(table)+4;
            """ + SimulatedGpu.kernel("""
            ld.const.u32 %r10, [table+8];
            ld.global.u64 %rd10, [pointer];
            ld.u32 %r11, [%rd10];
            mad.lo.u32 %r10, %r10, 10, %r11;
            cvt.u64.u32 %rd10, %r10;
            st.global.u64 [%rd4], %rd10;
            """).substring(SimulatedGpu.HEADER.length());
        assertEquals(98, gpu.run(ptx, new LaunchGeometry(1, 1), new long[0], 0, 1)[0]);
    }

    @Test
    void aTextLoadedAgainHasVariablesOfItsOwn() {
        String ptx = SimulatedGpu.HEADER + """
            .global .align 8 .u64 count = 5;
            """ + SimulatedGpu.kernel("""
            ld.global.u64 %rd10, [count];
            add.u64 %rd10, %rd10, 1;
            st.global.u64 [count], %rd10;
            st.global.u64 [%rd4], %rd10;
            """).substring(SimulatedGpu.HEADER.length());
        CudaModule first = gpu.load(ptx);
        CudaModule second = gpu.load(ptx);
        assertEquals(6, counted(first));
        assertEquals(7, counted(first));
        assertEquals(6, counted(second));
    }

    private long counted(CudaModule module) {
        long out = gpu.upload(-1);
        gpu.launch(module, new LaunchGeometry(1, 1), out, out, 1);
        return gpu.download(out, 1)[0];
    }

    @Test
    void memoryIsCountedAndRunsOut() {
        SimulatedGpu small = new SimulatedGpu(SimulatorOptions.defaults().withModel(DeviceModel.a800().withMemory(1 << 20)));
        long half = small.driver.allocate(1 << 19);
        assertEquals(1 << 19, small.driver.memoryInfo().free());
        assertEquals(CudaError.OUT_OF_MEMORY, assertThrows(CudaException.class, () -> small.driver.allocate((1 << 19) + 1)).error());
        small.driver.free(half);
        assertEquals(1 << 20, small.driver.memoryInfo().free());
    }
}
