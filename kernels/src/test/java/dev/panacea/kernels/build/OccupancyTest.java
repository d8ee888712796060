package dev.panacea.kernels.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OccupancyTest {

    // what NVIDIA's occupancy calculation gives for these
    @ParameterizedTest
    @CsvSource({
        "sm_80, 128, 255, 65536, 8", "sm_80, 256, 255, 147456, 8", "sm_80, 256, 128, 0, 16", "sm_80, 256, 32, 0, 64",
        "sm_80, 1024, 65, 0, 0", "sm_80, 32, 16, 0, 32", "sm_80, 512, 40, 128, 48", "sm_80, 128, 168, 49152, 12",
        "sm_90, 128, 168, 65536, 12", "sm_90, 128, 128, 65536, 12", "sm_90, 256, 255, 232448, 8"})
    void warpsAreBoundByRegistersSharedMemoryAndBlocks(String target, int threads, int registers, int shared, int warps) {
        assertEquals(warps, Multiprocessor.of(target).residentWarps(threads, registers, shared));
    }

    @Test
    void aTargetWithoutFiguresIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Multiprocessor.of("sm_61"));
    }

    @Test
    void blocksAreReadFromPtx() {
        String ptx = """
            .const .align 4 .u32 tile_dynamic_shared = 65536;
            .visible .entry tile(
                .param .u64 tile_param_0
            )
            .maxntid 128, 1, 1
            .minnctapersm 2
            {
            }
            .visible .entry copy(.param .u32 n) .maxntid 32, 16 { }
            .visible .entry fill() .maxntid 256 { }
            """;
        assertEquals(Map.of("tile", new BlockShape(128, 65536), "copy", new BlockShape(512, 0), "fill", new BlockShape(256, 0)),
            BlockShape.parse(ptx));
    }

    @Test
    void aKernelWithoutLaunchBoundsIsRefused() {
        assertEquals("kernel copy says not how large its blocks are; give it __launch_bounds__",
            assertThrows(IllegalStateException.class, () -> BlockShape.parse(".visible .entry copy() { }")).getMessage());
    }
}
