/* The rules of the board: what its coils and registers mean. No machine in here. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

/* The outcome of a write; the values are Modbus exception codes. */
enum board_outcome {
    BOARD_OK = 0,
    BOARD_ILLEGAL_ADDRESS = 2,
    BOARD_ILLEGAL_VALUE = 3,
    BOARD_REFUSED = 4
};

/* Start at quarantine: unarmed, every coil off. */
void board_start(uint8_t reset_cause);

/* Time has passed. Called at least every few milliseconds. */
void board_tick(uint16_t elapsed_ms);

/* Reading; the caller keeps within the map. */
uint8_t board_coil(uint16_t address);
uint8_t board_discrete_input(uint16_t address);
uint16_t board_holding_register(uint16_t address);
uint16_t board_input_register(uint16_t address);

/* Whether these writes may be done, all of them, before any is done. */
enum board_outcome board_may_write_coil(uint16_t address, uint8_t on);
enum board_outcome board_may_write_register(uint16_t address, uint16_t value);

/* Writing what may be written. */
void board_write_coil(uint16_t address, uint8_t on);
void board_write_register(uint16_t address, uint16_t value);

/* Counters kept for the line. */
void board_count_frame(void);
void board_count_crc_error(void);

#endif
