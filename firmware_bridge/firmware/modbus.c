#include "modbus.h"

#include "board.h"
#include "register_map.h"

#define ILLEGAL_FUNCTION 1

enum function {
    READ_COILS = 1,
    READ_DISCRETE_INPUTS = 2,
    READ_HOLDING_REGISTERS = 3,
    READ_INPUT_REGISTERS = 4,
    WRITE_COIL = 5,
    WRITE_REGISTER = 6,
    WRITE_COILS = 15,
    WRITE_REGISTERS = 16
};

/* What can be said of the bytes at hand. */
#define NOT_A_FRAME 0
#define UNKNOWN_LENGTH UINT8_MAX

uint8_t modbus_reply[MODBUS_FRAME_BYTES];

static uint8_t frame[MODBUS_FRAME_BYTES];
static uint8_t frame_bytes;
static uint8_t in_step;

static uint16_t crc_of(const uint8_t *bytes, uint8_t length)
{
    uint16_t crc = 0xFFFF;

    while (length--) {
        uint8_t bit;

        crc ^= *bytes++;
        for (bit = 0; bit < 8; bit++)
            crc = crc & 1 ? (uint16_t)((crc >> 1) ^ 0xA001) : (uint16_t)(crc >> 1);
    }
    return crc;
}

static uint16_t word_at(const uint8_t *bytes)
{
    return (uint16_t)((uint16_t)bytes[0] << 8 | bytes[1]);
}

static uint8_t has_good_crc(uint8_t length)
{
    uint16_t crc = crc_of(frame, (uint8_t)(length - 2));

    return frame[length - 2] == (uint8_t)crc && frame[length - 1] == (uint8_t)(crc >> 8);
}

/* The length of the request at the front of the buffer, at least two bytes of which are there. */
static uint8_t length_of_request(void)
{
    switch (frame[1]) {
    case READ_COILS:
    case READ_DISCRETE_INPUTS:
    case READ_HOLDING_REGISTERS:
    case READ_INPUT_REGISTERS:
    case WRITE_COIL:
    case WRITE_REGISTER:
        return 8;
    case WRITE_COILS:
    case WRITE_REGISTERS:
        if (frame_bytes < 7)
            return 9;
        return frame[6] > MODBUS_FRAME_BYTES - 9 ? NOT_A_FRAME : (uint8_t)(9 + frame[6]);
    default:
        return frame[0] == BOARD_UNIT ? UNKNOWN_LENGTH : NOT_A_FRAME;
    }
}

static uint8_t sealed(uint8_t length)
{
    uint16_t crc = crc_of(modbus_reply, length);

    modbus_reply[length] = (uint8_t)crc;
    modbus_reply[length + 1] = (uint8_t)(crc >> 8);
    return (uint8_t)(length + 2);
}

static uint8_t refusal(uint8_t code)
{
    modbus_reply[1] = (uint8_t)(frame[1] | 0x80);
    modbus_reply[2] = code;
    return sealed(3);
}

static uint8_t echo(void)
{
    uint8_t n;

    for (n = 2; n < 6; n++)
        modbus_reply[n] = frame[n];
    return sealed(6);
}

static uint8_t answer_bits(uint8_t (*bit)(uint16_t), uint8_t there)
{
    uint16_t address = word_at(frame + 2);
    uint16_t count = word_at(frame + 4);
    uint8_t n;

    if (count == 0 || count > 2000)
        return refusal(BOARD_ILLEGAL_VALUE);
    if (address >= there || count > (uint16_t)(there - address))
        return refusal(BOARD_ILLEGAL_ADDRESS);
    modbus_reply[2] = 1; /* no table has more than eight */
    modbus_reply[3] = 0;
    for (n = 0; n < count; n++)
        if (bit((uint16_t)(address + n)))
            modbus_reply[3] |= (uint8_t)(1u << n);
    return sealed(4);
}

static uint8_t answer_registers(uint16_t (*value)(uint16_t), uint8_t there)
{
    uint16_t address = word_at(frame + 2);
    uint16_t count = word_at(frame + 4);
    uint8_t n;

    if (count == 0 || count > 125)
        return refusal(BOARD_ILLEGAL_VALUE);
    if (address >= there || count > (uint16_t)(there - address))
        return refusal(BOARD_ILLEGAL_ADDRESS);
    modbus_reply[2] = (uint8_t)(2 * count);
    for (n = 0; n < count; n++) {
        uint16_t told = value((uint16_t)(address + n));

        modbus_reply[3 + 2 * n] = (uint8_t)(told >> 8);
        modbus_reply[4 + 2 * n] = (uint8_t)told;
    }
    return sealed((uint8_t)(3 + 2 * count));
}

static uint8_t write_coil(void)
{
    uint16_t address = word_at(frame + 2);
    uint16_t value = word_at(frame + 4);
    enum board_outcome outcome;

    if (value != 0 && value != 0xFF00)
        return refusal(BOARD_ILLEGAL_VALUE);
    outcome = board_may_write_coil(address, value != 0);
    if (outcome != BOARD_OK)
        return refusal(outcome);
    board_write_coil(address, value != 0);
    return echo();
}

static uint8_t write_register(void)
{
    uint16_t address = word_at(frame + 2);
    uint16_t value = word_at(frame + 4);
    enum board_outcome outcome = board_may_write_register(address, value);

    if (outcome != BOARD_OK)
        return refusal(outcome);
    board_write_register(address, value);
    return echo();
}

static uint8_t bit_at(uint8_t n)
{
    return (frame[7 + n / 8] >> (n % 8)) & 1;
}

static uint8_t write_coils(void)
{
    uint16_t address = word_at(frame + 2);
    uint16_t count = word_at(frame + 4);
    uint8_t n;

    if (count == 0 || count > 8 * (uint16_t)frame[6] || frame[6] != (count + 7) / 8)
        return refusal(BOARD_ILLEGAL_VALUE);
    if (address >= COIL_COUNT || count > (uint16_t)(COIL_COUNT - address))
        return refusal(BOARD_ILLEGAL_ADDRESS);
    for (n = 0; n < count; n++) {
        enum board_outcome outcome = board_may_write_coil((uint16_t)(address + n), bit_at(n));

        if (outcome != BOARD_OK)
            return refusal(outcome);
    }
    for (n = 0; n < count; n++)
        board_write_coil((uint16_t)(address + n), bit_at(n));
    return echo();
}

static uint8_t write_registers(void)
{
    uint16_t address = word_at(frame + 2);
    uint16_t count = word_at(frame + 4);
    uint8_t n;

    if (count == 0 || frame[6] != 2 * count)
        return refusal(BOARD_ILLEGAL_VALUE);
    if (address >= HOLDING_REGISTER_COUNT || count > (uint16_t)(HOLDING_REGISTER_COUNT - address))
        return refusal(BOARD_ILLEGAL_ADDRESS);
    for (n = 0; n < count; n++) {
        enum board_outcome outcome =
            board_may_write_register((uint16_t)(address + n), word_at(frame + 7 + 2 * n));

        if (outcome != BOARD_OK)
            return refusal(outcome);
    }
    for (n = 0; n < count; n++)
        board_write_register((uint16_t)(address + n), word_at(frame + 7 + 2 * n));
    return echo();
}

/* Carry out the good frame in the buffer; the length of the reply. Another unit's is not
 * answered, nor is a broadcast, which nobody could be told the outcome of. */
static uint8_t carry_out(void)
{
    if (frame[0] != BOARD_UNIT)
        return 0;
    board_count_frame();
    modbus_reply[0] = frame[0];
    modbus_reply[1] = frame[1];
    switch (frame[1]) {
    case READ_COILS:
        return answer_bits(board_coil, COIL_COUNT);
    case READ_DISCRETE_INPUTS:
        return answer_bits(board_discrete_input, DISCRETE_INPUT_COUNT);
    case READ_HOLDING_REGISTERS:
        return answer_registers(board_holding_register, HOLDING_REGISTER_COUNT);
    case READ_INPUT_REGISTERS:
        return answer_registers(board_input_register, INPUT_REGISTER_COUNT);
    case WRITE_COIL:
        return write_coil();
    case WRITE_REGISTER:
        return write_register();
    case WRITE_COILS:
        return write_coils();
    case WRITE_REGISTERS:
        return write_registers();
    default:
        return refusal(ILLEGAL_FUNCTION);
    }
}

static void drop(uint8_t bytes)
{
    uint8_t n;

    frame_bytes = (uint8_t)(frame_bytes - bytes);
    for (n = 0; n < frame_bytes; n++)
        frame[n] = frame[n + bytes];
}

/* The byte that broke a match may start the next frame. */
static void drop_one(void)
{
    if (in_step) {
        in_step = 0;
        board_count_crc_error();
    }
    drop(1);
}

/* Look for a whole frame at the front; the length of its reply. */
static uint8_t look(void)
{
    while (frame_bytes >= 2) {
        uint8_t length = length_of_request();
        uint8_t reply_bytes;

        if (length == UNKNOWN_LENGTH) {
            if (frame_bytes < MODBUS_FRAME_BYTES)
                return 0;
            length = NOT_A_FRAME;
        }
        if (length != NOT_A_FRAME && frame_bytes < length)
            return 0;
        if (length == NOT_A_FRAME || !has_good_crc(length)) {
            drop_one();
            continue;
        }
        in_step = 1;
        reply_bytes = carry_out();
        drop(length);
        if (reply_bytes)
            return reply_bytes;
    }
    return 0;
}

void modbus_start(void)
{
    frame_bytes = 0;
    in_step = 1;
}

uint8_t modbus_take(uint8_t received)
{
    frame[frame_bytes++] = received;
    return look();
}

uint8_t modbus_silence(void)
{
    while (frame_bytes) {
        uint8_t reply_bytes;

        /* A function nobody knows: its length is what came before the silence. */
        if (frame_bytes >= 4 && length_of_request() == UNKNOWN_LENGTH && has_good_crc(frame_bytes)) {
            in_step = 1;
            reply_bytes = carry_out();
            frame_bytes = 0;
            return reply_bytes;
        }
        drop_one();
        reply_bytes = look();
        if (reply_bytes)
            return reply_bytes;
    }
    in_step = 1;
    return 0;
}

uint8_t modbus_is_waiting(void)
{
    return frame_bytes != 0;
}
