package dev.panacea.runtime.bindings;

/** A system property for the length of a block; afterwards it is as it was. */
public final class TemporaryProperty implements AutoCloseable {
    private final String name;
    private final String before;

    public TemporaryProperty(String name, Object value) {
        this.name = name;
        before = System.setProperty(name, value.toString());
    }

    @Override
    public void close() {
        if (before == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, before);
        }
    }
}
