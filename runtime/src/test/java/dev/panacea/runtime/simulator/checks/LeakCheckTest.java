package dev.panacea.runtime.simulator.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeakCheckTest {
    @Test
    void namesWhatWasNotFreedAndWhoAskedForIt() {
        LeakCheck check = new LeakCheck(true);
        check.allocated(0x2000, 64);
        check.allocated(0x1000, 4096);
        check.allocated(0x3000, 1);
        check.freed(0x3000, 1);
        assertEquals(4160, check.liveBytes());
        List<Finding> leaks = check.findings();
        assertEquals(2, leaks.size());
        String first = leaks.getFirst().message();
        assertTrue(first.startsWith("4096 bytes at device address 0x1000 were not freed; allocated\n    at "), first);
        assertTrue(first.contains("LeakCheckTest.namesWhatWasNotFreedAndWhoAskedForIt(LeakCheckTest.java:"), first);
    }

    @Test
    void whatWasFreedIsNoLeak() {
        LeakCheck check = new LeakCheck(false);
        check.allocated(0x1000, 4096);
        assertEquals("4096 bytes at device address 0x1000 were not freed", check.findings().getFirst().message());
        check.freed(0x1000, 4096);
        assertEquals(List.of(), check.findings());
    }
}
