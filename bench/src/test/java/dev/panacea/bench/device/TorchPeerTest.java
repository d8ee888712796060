package dev.panacea.bench.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The talk with PyTorch's process, held with programs that stand in for Python. */
class TorchPeerTest {
    private static final AttentionShape SHAPE = new AttentionShape(1024, 64, 8, 128, true);

    @TempDir
    private Path folder;

    private String program(String body) throws IOException {
        Path file = Files.writeString(folder.resolve("python"), "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    @Test
    void itsTimesAreRead() throws IOException {
        String python = program("""
            echo '{"torch": "2.11", "cuda": "13.0", "cudnn": 91900}'
            read -r question
            echo '{"milliseconds": [1.5, 0.5]}'
            read -r question
            echo "$question" > %s
            echo '{"error": "no such kernel"}'
            """.formatted(folder.resolve("question")));
        try (TorchPeer peer = TorchPeer.start(python).orElseThrow()) {
            assertEquals(Optional.empty(), peer.absence());
            assertEquals("PyTorch 2.11, CUDA 13.0, cuDNN 91900", peer.versions());
            TorchPeer.Answer times = peer.time(SHAPE, false, TorchPeer.Backend.FLASH, 1, 2, 64);
            assertArrayEquals(new double[] {1.5, 0.5}, times.milliseconds());
            assertEquals("no such kernel", peer.time(SHAPE, true, TorchPeer.Backend.CUDNN, 1, 2, 64).error());
        }
        assertEquals("""
            {"tokens":1024,"heads":64,"key_value_heads":8,"dimension":128,"causal":true,"backend":"cudnn","backward":true,"warm_up":1,\
            "repeats":2,"flush_bytes":64}
            """, Files.readString(folder.resolve("question")));
    }

    @Test
    void whatCannotAnswerIsAbsentWithItsReason() throws IOException {
        try (TorchPeer peer = TorchPeer.start(program("echo 'a banner'\n")).orElseThrow()) {
            assertEquals(Optional.of("Python answered: a banner"), peer.absence());
        }
        try (TorchPeer peer = TorchPeer.start(program("exit 1\n")).orElseThrow()) {
            assertEquals(Optional.of("Python ended without an answer"), peer.absence());
        }
        assertTrue(TorchPeer.start(folder.resolve("missing").toString()).isEmpty());
    }
}
