package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.MemorySpace;

/** The state space that an instruction names; generic where it names none. */
enum Space {
    GLOBAL(MemorySpace.GLOBAL), CONSTANT(MemorySpace.CONSTANT), SHARED(MemorySpace.SHARED), LOCAL(MemorySpace.LOCAL),
    PARAMETER(MemorySpace.PARAMETER), GENERIC(MemorySpace.GLOBAL);

    private final MemorySpace observed;

    Space(MemorySpace observed) {
        this.observed = observed;
    }

    MemorySpace observed() {
        return observed;
    }

    /** The space among an instruction's modifiers. */
    static Space of(Translation t) {
        String name = t.oneOf("", "global", "const", "shared", "shared::cta", "local", "param", "param::entry", "param::func");
        if (t.has("shared::cluster")) {
            throw t.error("needs clusters, which the simulated GPU, an sm_80, does not have");
        }
        return switch (name) {
            case "global" -> GLOBAL;
            case "const" -> CONSTANT;
            case "shared", "shared::cta" -> SHARED;
            case "local" -> LOCAL;
            case "param", "param::entry", "param::func" -> PARAMETER;
            default -> GENERIC;
        };
    }
}
