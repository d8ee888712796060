package dev.panacea.runtime.simulator.observation;

/** Where an address points. */
public enum MemorySpace { GLOBAL, SHARED, LOCAL, CONSTANT, PARAMETER }
