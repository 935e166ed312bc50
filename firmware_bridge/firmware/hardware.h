/* What the rules of the board need from the machine: pins, a clock, the gate's permit.
 *
 * board.c and modbus.c see nothing else of the machine, so that the tests can compile them for a
 * workstation and throw millions of frames at them.
 */
#ifndef HARDWARE_H
#define HARDWARE_H

#include <stdint.h>

/* Let the gate stand open for at most this long from now; 0 closes it at once and for good.
 * The timer's interrupt counts it down and pulls the gate's pin low at 0, whatever the main loop
 * is doing. */
void hardware_permit(uint16_t ms);

/* What is left of the permit. */
uint16_t hardware_permit_left(void);

/* Set the outputs, one bit a coil; the gate's only while there is a permit. */
void hardware_outputs(uint8_t coils, uint8_t armed);

/* The inputs as they are now, one bit each in the map's order; 1 is closed to ground. */
uint8_t hardware_inputs(void);

#endif
