package dev.panacea.objective;

import dev.panacea.autograd.Tape;
import dev.panacea.transformer.model.Projector;

/** The model that is trained, for every item of a batch at the item's own preference. */
public interface Policy {

    /** A model that no preference changes. */
    Policy PLAIN = new Policy() {
        @Override
        public void prepare(double[][] lambda, HostPass pass) { }

        @Override
        public Projector on(Tape tape, DeviceArrays arrays) {
            return Projector.BASE;
        }
    };

    /**
     * Adds to a pass the arrays that {@link #on} wants.
     *
     * @param lambda a point of the simplex for each item of the pass, (items, m)
     */
    void prepare(double[][] lambda, HostPass pass);

    /** The model at the preferences of the pass that {@code arrays} are of. */
    Projector on(Tape tape, DeviceArrays arrays);
}
