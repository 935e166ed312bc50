#include "board.h"

#include "hardware.h"
#include "register_map.h"

/* An input counts once it has been the same for this long. */
#define DEBOUNCE_MS 5
#define WIRED_INPUTS 4

#define BIT(n) ((uint8_t)(1u << (n)))
#define LAMPS ((uint8_t)(BIT(COIL_RED) | BIT(COIL_AMBER) | BIT(COIL_GREEN) | BIT(COIL_BUZZER)))

static uint16_t holding[HOLDING_REGISTER_COUNT];
static uint16_t counters[INPUT_REGISTER_COUNT];
static uint8_t coils;
static uint8_t armed;
static uint8_t tripped;
static uint16_t dwell_left_ms;
static uint16_t blink_ms;
static uint8_t blink_on;
static uint16_t second_ms;
static uint8_t inputs;
static uint8_t unsettled_ms[WIRED_INPUTS];

static void show(void)
{
    uint8_t blinking = (uint8_t)holding[HOLDING_BLINK_MASK] & LAMPS;
    uint8_t lit = coils;

    if (!armed) {
        /* Nobody is in charge: red blinks, whatever was asked for before. */
        lit = BIT(COIL_RED);
        blinking = BIT(COIL_RED);
    }
    if (!blink_on)
        lit &= (uint8_t)~blinking;
    hardware_outputs(lit, armed);
}

static void count_up(uint16_t *counter)
{
    if (*counter != UINT16_MAX)
        ++*counter;
}

static void stand_at_quarantine(void)
{
    armed = 0;
    coils = 0;
    dwell_left_ms = 0;
    holding[HOLDING_ARM] = 0;
    hardware_permit(0);
}

void board_start(uint8_t reset_cause)
{
    uint8_t n;

    for (n = 0; n < HOLDING_REGISTER_COUNT; n++)
        holding[n] = 0;
    for (n = 0; n < INPUT_REGISTER_COUNT; n++)
        counters[n] = 0;
    for (n = 0; n < WIRED_INPUTS; n++)
        unsettled_ms[n] = 0;
    holding[HOLDING_TIMEOUT_MS] = DEFAULT_TIMEOUT_MS;
    holding[HOLDING_DWELL_MS] = DEFAULT_DWELL_MS;
    counters[INPUT_MAGIC] = BOARD_MAGIC;
    counters[INPUT_VERSION] = BOARD_VERSION;
    counters[INPUT_RESET_CAUSE] = reset_cause;
    tripped = 0;
    blink_ms = 0;
    blink_on = 1;
    second_ms = 0;
    inputs = 0;
    stand_at_quarantine();
    show();
}

static void look_at_inputs(uint16_t elapsed_ms)
{
    uint8_t now = hardware_inputs();
    uint8_t n;

    for (n = 0; n < WIRED_INPUTS; n++) {
        if (((now ^ inputs) & BIT(n)) == 0) {
            unsettled_ms[n] = 0;
            continue;
        }
        unsettled_ms[n] = (uint8_t)(unsettled_ms[n] + (elapsed_ms > DEBOUNCE_MS ? DEBOUNCE_MS : elapsed_ms));
        if (unsettled_ms[n] < DEBOUNCE_MS)
            continue;
        unsettled_ms[n] = 0;
        inputs ^= BIT(n);
        if ((inputs & BIT(n)) == 0)
            continue;
        if (n == DISCRETE_TRIGGER)
            ++counters[INPUT_TRIGGER_COUNT];
        else if (n == DISCRETE_PHOTO_EYE)
            ++counters[INPUT_PHOTO_EYE_COUNT];
    }
}

void board_tick(uint16_t elapsed_ms)
{
    if (armed && hardware_permit_left() == 0) {
        stand_at_quarantine();
        tripped = 1;
        count_up(&counters[INPUT_TRIPS]);
    }
    if (coils & BIT(COIL_GATE)) {
        if (dwell_left_ms <= elapsed_ms)
            coils &= (uint8_t)~BIT(COIL_GATE);
        else
            dwell_left_ms = (uint16_t)(dwell_left_ms - elapsed_ms);
    }
    blink_ms = (uint16_t)(blink_ms + elapsed_ms);
    while (blink_ms >= BLINK_HALF_MS) {
        blink_ms = (uint16_t)(blink_ms - BLINK_HALF_MS);
        blink_on = !blink_on;
    }
    second_ms = (uint16_t)(second_ms + elapsed_ms);
    while (second_ms >= 1000) {
        second_ms = (uint16_t)(second_ms - 1000);
        if (++counters[INPUT_UPTIME_S] == 0)
            ++counters[INPUT_UPTIME_S_HIGH];
    }
    look_at_inputs(elapsed_ms);
    show();
}

uint8_t board_coil(uint16_t address)
{
    return (coils & BIT(address)) != 0;
}

uint8_t board_discrete_input(uint16_t address)
{
    switch (address) {
    case DISCRETE_TRIPPED:
        return tripped;
    case DISCRETE_ARMED:
        return armed;
    default:
        return (inputs & BIT(address)) != 0;
    }
}

uint16_t board_holding_register(uint16_t address)
{
    return holding[address];
}

uint16_t board_input_register(uint16_t address)
{
    return counters[address];
}

enum board_outcome board_may_write_coil(uint16_t address, uint8_t on)
{
    if (address >= COIL_COUNT)
        return BOARD_ILLEGAL_ADDRESS;
    if (on && !armed)
        return BOARD_REFUSED;
    return BOARD_OK;
}

enum board_outcome board_may_write_register(uint16_t address, uint16_t value)
{
    switch (address) {
    case HOLDING_HEARTBEAT:
        return BOARD_OK;
    case HOLDING_TIMEOUT_MS:
        if (value < MIN_TIMEOUT_MS || value > MAX_TIMEOUT_MS)
            return BOARD_ILLEGAL_VALUE;
        return armed ? BOARD_REFUSED : BOARD_OK;
    case HOLDING_DWELL_MS:
        return value < MIN_DWELL_MS || value > MAX_DWELL_MS ? BOARD_ILLEGAL_VALUE : BOARD_OK;
    case HOLDING_BLINK_MASK:
        return value > MAX_BLINK_MASK ? BOARD_ILLEGAL_VALUE : BOARD_OK;
    case HOLDING_ARM:
        return value != 0 && value != ARM_WORD ? BOARD_ILLEGAL_VALUE : BOARD_OK;
    default:
        return BOARD_ILLEGAL_ADDRESS;
    }
}

void board_write_coil(uint16_t address, uint8_t on)
{
    if (!on) {
        coils &= (uint8_t)~BIT(address);
    } else {
        if (address == COIL_GATE) {
            if (!(coils & BIT(COIL_GATE)))
                ++counters[INPUT_GATE_OPENINGS];
            dwell_left_ms = holding[HOLDING_DWELL_MS];
        }
        coils |= BIT(address);
    }
    show();
}

void board_write_register(uint16_t address, uint16_t value)
{
    if (address == HOLDING_HEARTBEAT && armed && value != holding[HOLDING_HEARTBEAT])
        hardware_permit(holding[HOLDING_TIMEOUT_MS]);
    if (address == HOLDING_ARM) {
        stand_at_quarantine();
        if (value == ARM_WORD) {
            armed = 1;
            tripped = 0;
            hardware_permit(holding[HOLDING_TIMEOUT_MS]);
        }
    }
    holding[address] = value;
    show();
}

void board_count_frame(void)
{
    ++counters[INPUT_FRAMES];
}

void board_count_crc_error(void)
{
    count_up(&counters[INPUT_CRC_ERRORS]);
}
