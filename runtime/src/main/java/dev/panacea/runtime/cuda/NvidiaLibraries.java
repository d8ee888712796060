package dev.panacea.runtime.cuda;

import dev.panacea.runtime.LibraryFinding;
import dev.panacea.runtime.bindings.Cublas;
import dev.panacea.runtime.bindings.CublasLt;
import dev.panacea.runtime.bindings.Nccl;
import dev.panacea.runtime.bindings.Nvrtc;
import java.util.List;

/** NVIDIA's libraries above the driver, as this machine has them. */
public final class NvidiaLibraries {
    private NvidiaLibraries() { }

    /** Opens each of them; touches no GPU. */
    public static List<LibraryFinding> findings() {
        return List.of(Cublas.finding(), CublasLt.finding(), Nccl.finding(), Nvrtc.finding());
    }
}
