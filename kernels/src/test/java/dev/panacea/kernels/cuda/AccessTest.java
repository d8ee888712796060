package dev.panacea.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.runtime.cuda.LaunchGeometry;
import org.junit.jupiter.api.Test;

class AccessTest {

    @Test
    void oneAddressOffSixteenBytesMakesAllAccessesSingle() {
        assertEquals(Access.PACKS, Access.of(0, 256, 4112));
        assertEquals(Access.SINGLES, Access.of(256, 4104));
        assertEquals(Access.PACKS, Access.ofRows(24, 8, 256));
        assertEquals(Access.SINGLES, Access.ofRows(20, 8, 256));
    }

    @Test
    void everyElementHasAThreadAndNoBlockIsWithoutOne() {
        assertEquals(new LaunchGeometry(1, 256), Access.PACKS.over(2048, 8));
        assertEquals(new LaunchGeometry(2, 256), Access.PACKS.over(2049, 8));
        assertEquals(new LaunchGeometry(9, 256), Access.SINGLES.over(2049, 8));
        assertThrows(ArithmeticException.class, () -> Access.SINGLES.over(1L << 40, 8));
    }
}
