package dev.panacea.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.cuda.ProductGrid.Block;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import org.junit.jupiter.api.Test;

class ProductCardTest {
    private static final ProductCard CARD = ProductCard.A800;

    @Test
    void manyTilesMakeWideBlocksOfTheWholeDepth() {
        ProductGrid grid = CARD.sliced(4096, 4096, 4096, true);
        assertEquals(new ProductGrid(4096, 4096, Block.WIDE, 1), grid);
        assertEquals(new LaunchGeometry(new Dimensions(512), new Dimensions(256), 128 << 10), grid.geometry());
    }

    @Test
    void fewTilesMakeNarrowBlocksOfSlices() {
        ProductGrid grid = CARD.sliced(8, 4096, 11008, true);
        assertEquals(Block.NARROW, grid.block());
        assertTrue(grid.sliced());
        assertEquals(new LaunchGeometry(new Dimensions(32, grid.slices()), new Dimensions(128), 64 << 10), grid.geometry());
        assertTrue(32 * grid.slices() > CARD.blocks() / 2, "most of the card has work");
        assertFalse(CARD.sliced(256, 256, 256, true).sliced(), "a second launch costs more than slices of so little depth save");
        assertFalse(CARD.whole(8, 4096, true).sliced());
    }

    @Test
    void slicesFillTheLastRound() {
        // 256 tiles are little more than one round of 216 blocks
        ProductGrid grid = CARD.sliced(1024, 4096, 128_256, true);
        assertEquals(5, grid.slices());
        assertEquals(5L * 1024 * 4096, grid.sliceElements());
        assertTrue(grid.sliceElements() * Float.BYTES <= 128L << 20);
    }

    @Test
    void oddRowsTakeTheUnalignedKernels() {
        assertEquals(Block.UNALIGNED, CARD.sliced(4096, 4096, 4095, false).block());
        assertTrue(ProductCard.isAligned(256 | 4096, 8, 72));
        assertFalse(ProductCard.isAligned(256 | 4098, 8, 72));
        assertFalse(ProductCard.isAligned(256, 8, 33));
    }

    @Test
    void refusesWhatTheKernelsDoNotReach() {
        assertThrows(IllegalArgumentException.class, () -> CARD.sliced(0, 1, 1, true));
        assertThrows(IllegalArgumentException.class, () -> CARD.whole(1, 0, true));
        assertThrows(IllegalArgumentException.class, () -> CARD.sliced(1, 1, 0, true));
        assertThrows(IllegalArgumentException.class, () -> CARD.sliced(1, 1, (1 << 30) + 1, true));
        assertThrows(IllegalArgumentException.class, () -> CARD.sliced(1 << 20, 1, 1 << 16, true));
    }
}
