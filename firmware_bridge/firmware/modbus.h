/* A Modbus RTU slave without a machine: bytes and silence in, replies out.
 *
 * A frame ends by its length and its CRC, not by a pause of 3.5 characters, which USB adapters do
 * not keep. After garbage the stream is searched byte by byte, so that of two good frames after it
 * at least the second is answered.
 */
#ifndef MODBUS_H
#define MODBUS_H

#include <stdint.h>

/* The longest frame taken or sent: any read or write of the whole map. */
#define MODBUS_FRAME_BYTES 48

void modbus_start(void);

/* Take one byte; gives the length of the reply now in modbus_reply, or 0. */
uint8_t modbus_take(uint8_t received);

/* The line has been silent for SILENCE_MS: what is not whole never will be. Gives the length of a
 * reply; call again until it gives 0. */
uint8_t modbus_silence(void);

/* Whether part of a frame is waiting for the rest. */
uint8_t modbus_is_waiting(void);

extern uint8_t modbus_reply[MODBUS_FRAME_BYTES];

#endif
