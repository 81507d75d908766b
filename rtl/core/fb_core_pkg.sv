// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Control and pipeline structures of fb_core.
package fb_core_pkg;

  // Which unit produces the result of an instruction in EX.
  typedef enum logic [2:0] {
    UnitAlu,   // fb_alu (also link addresses and branch comparisons)
    UnitMult,  // fb_mult
    UnitDiv,   // fb_div
    UnitDotp,  // fb_dotp
    UnitCsr,   // fb_csr
    UnitQuant, // fb_quant
    UnitLsu    // load and store; result = updated address of post-increment forms
  } unit_e;

  // Lane width of SIMD operations; VecNone = the whole word.
  typedef enum logic [2:0] {
    VecNone,
    VecHalf,    // 2 x 16
    VecByte,    // 4 x 8
    VecNibble,  // 8 x 4
    VecCrumb    // 16 x 2
  } vec_e;

  // fb_alu. len and pos are the two 5-bit amounts (immediates, or taken from a register by
  // fb_ex_stage). Operand a = rs1, b = rs2 or immediate (already replicated to all lanes for .sc
  // and .sci), c = old rd.
  typedef enum logic [5:0] {
    AluAdd,       // a + b                                                  all widths
    AluSub,       // a - b                                                  all widths
    AluAvg,       // (a + b) >>> 1 within the lane                          vector widths
    AluAvgu,      // (a + b) >> 1 within the lane                           vector widths
    AluMin, AluMinu, AluMax, AluMaxu,                                    // all widths
    AluSrl, AluSra, AluSll,  // shift amount: low log2(lane) bits of each lane of b; all widths
    AluAnd, AluOr, AluXor,
    AluAbs,                                                              // all widths
    AluEq, AluNe, AluLt, AluLe, AluGt, AluGe, AluLtu, AluLeu, AluGtu, AluGeu,
                  // VecNone: result 0 or 1; VecHalf, VecByte: lane of all ones or all zeros
    AluAddN, AluAddRN, AluSubN, AluSubRN,     // (a ± b [+ 2^(len-1)]) >>> len, modulo 2^32
    AluAdduN, AluAdduRN, AluSubuN, AluSubuRN, // the same, logical shift
    AluClip,      // signed clip of a to [~b, b], lower bound first
    AluClipu,     // signed clip of a to [0, b], lower bound first
    AluExths, AluExthz, AluExtbs, AluExtbz,
    AluExtract, AluExtractu,  // a[min(len+pos,31):pos], len = field length - 1
    AluInsert,                // c with the field replaced by the low bits of a
    AluBclr, AluBset,         // a with the field cleared / set
    AluBitrev,                // groups of len[1:0]+1 bits (3 acts as 0) of a << pos, reversed
    AluFf1, AluFl1, AluClb, AluCnt, AluRor,
    AluVecExtract, AluVecExtractu,  // lane len[0] (VecHalf) or len[1:0] (VecByte) of a, extended to 32 bits
    AluVecInsert,             // c with that lane replaced by the low lane of a
    AluShuffle,               // lane i = a[b[i]]  (b[i]: low 1 or 2 bits of lane i of b)
    AluShuffle2,              // lane i = (b[i] next bit ? a : c)[b[i]]
    AluPackLo,                // {a[15:0], b[15:0]}
    AluPackHi,                // {a[31:16], b[31:16]}
    AluPackHiB,               // {a[7:0], b[7:0], c[15:0]}
    AluPackLoB                // {c[31:16], a[7:0], b[7:0]}
  } alu_op_e;

  // fb_mult: 32-bit multiplication, multiply-accumulate, 16-bit multiply-shift.
  typedef enum logic [3:0] {
    MulLo,      // a * b                                   1 cycle
    MulMac,     // c + a * b                               1 cycle
    MulMsu,     // c - a * b                               1 cycle
    MulHigh,    // (a * b)[63:32], signedness per operand  1 cycle
    MulScale,   // ((a << pre) * b)[63:32], pre of fbquant 1 cycle
    MulHalf,    // (a.h * b.h) >> len, optionally rounded 1 cycle
    MulHalfMac  // (a.h * b.h + c) >> len, opt. rounded   1 cycle
  } mul_op_e;

  // fb_dotp: sums of products and the complex operations.
  typedef enum logic [2:0] {
    DotSum,      // sum of lane products, accumulated on c when accumulate is set
    CplxMulRe,   // {c[31:16], ((a0*b0 - a1*b1) >>> (15 + shift))[15:0]}
    CplxMulIm,   // {((a0*b1 + a1*b0) >>> (15 + shift))[15:0], c[15:0]}
    CplxConj,    // {-a1, a0}
    CplxSubRotMj,// {(b0 - a0) >>> shift, (a1 - b1) >>> shift}, each modulo 2^16 before the shift
    CplxAdd,     // {(a1 + b1) >>> shift, (a0 + b0) >>> shift}
    CplxSub      // {(a1 - b1) >>> shift, (a0 - b0) >>> shift}
  } dot_op_e;

  // Width of one dot-product operand.
  typedef enum logic [1:0] {
    Fmt8  = 2'd0,
    Fmt4  = 2'd1,
    Fmt2  = 2'd2,
    Fmt16 = 2'd3
  } fmt_e;

  // Operand selection in ID. Register ports: rs1 = insn[19:15], rs2 = insn[24:20], rd = insn[11:7]
  // (third read port).
  typedef enum logic [2:0] {OpaRs1, OpaPc, OpaZero, OpaRd, OpaNpc} op_a_e;
  typedef enum logic [1:0] {OpbRs2, OpbImm, OpbRs1, OpbRd} op_b_e;
  typedef enum logic {OpcRd, OpcRs2} op_c_e;

  typedef enum logic [3:0] {
    ImmZero,   // 0 (link addresses, unary operations)
    ImmI, ImmS, ImmU,
    ImmSci,    // 6 bits, sign-extended
    ImmSciu,   // 6 bits, zero-extended
    ImmClip,   // 2^(insn[24:20] - 1) - 1, 0 for 0
    ImmShufH,  // lane selectors of cv.shuffle.sci.h
    ImmShufB,  // lane selectors of cv.shuffleI*.sci.b
    ImmBi      // 5 bits, sign-extended: cv.beqimm, cv.bneimm
  } imm_e;

  // Where fb_alu's len and pos come from: the instruction, operand b (register forms of extract,
  // insert, bset, bclr) or operand c (register forms of add-normalise).
  typedef enum logic [1:0] {AmtImm, AmtLane, AmtB, AmtC} amount_e;

  // Control transfer of an instruction.
  typedef enum logic [2:0] {
    CtlNone,
    CtlBranch,  // conditional: decided in ID when its operands are settled, else in EX
    CtlJal,     // ID
    CtlJalr,    // ID
    CtlFenceI,  // ID: jump to the next instruction once memory is quiet
    CtlMret,    // EX
    CtlWfi      // EX: waits there
  } ctl_e;

  typedef enum logic [1:0] {CsrNone, CsrWrite, CsrSet, CsrClear} csr_op_e;
  typedef enum logic [1:0] {SizeByte, SizeHalf, SizeWord} mem_size_e;

  // Everything EX needs to know about an instruction.
  typedef struct packed {
    unit_e     unit;
    alu_op_e   alu_op;
    vec_e      vec;
    mul_op_e   mul_op;
    dot_op_e   dot_op;
    fmt_e      fmt;        // both operands of a uniform dot product
    logic      mixed;      // formats from fbfmt, slice from fbslice
    logic      mac_load;
    logic      accumulate;
    logic      a_signed;   // mult, div, dotp
    logic      b_signed;
    logic      half_hi;
    logic      round;
    logic      rem;
    logic [1:0] shift;     // complex operations
    amount_e   amount;
    logic      rd_we;      // result goes to rd
    logic      load;
    logic      store;
    logic      elw;
    logic [1:0] mem_size;  // mem_size_e
    logic      mem_unsigned;
    logic      post_inc;   // address = a, base register (rs1) becomes a + b
    logic [1:0] csr_op;    // csr_op_e
    logic      csr_imm;
    logic      hwloop;
    ctl_e      ctl;
  } ctrl_t;

  // What only ID needs.
  typedef struct packed {
    op_a_e op_a;
    op_b_e op_b;
    op_c_e op_c;
    imm_e  imm;
    logic  replicate;  // operand b = its lane 0 in every lane of ctrl.vec
    logic  rs1_used;
    logic  rs2_used;
    logic  rd_used;    // old rd is read
    logic  ecall;
    logic  ebreak;
    logic  illegal;
  } id_ctrl_t;

  // Loop whose end a fetched word was predicted to be.
  typedef enum logic [1:0] {TagNone, TagLoop0, TagLoop1} loop_tag_e;

  // An instruction on its way from ID to EX: control; its words travel beside it (narrow structures
  // simulate faster).
  typedef struct packed {
    ctrl_t      ctrl;
    logic       settled;     // a branch that ID has decided
    logic       jumped;      // ID has already redirected fetch to its target
    logic [1:0] tag;         // loop_tag_e
    logic       exc;         // trap instead of executing
    logic       exc_irq;
    logic [4:0] exc_cause;
    logic       rs1_used;    // for RVFI
    logic       rs2_used;
  } issue_t;

  // What ID must know about the instructions ahead of it.
  typedef struct packed {
    logic       ex_we;        // EX writes this register when it completes
    logic [4:0] ex_rd;
    logic       ex_load;      // EX loads into this register: not before WB
    logic [4:0] ex_load_rd;
    logic       ex_mem;       // EX holds a load or store
    logic       ex_csr;
    logic       ex_ml;        // EX loads an operand register
    logic [2:0] ex_ml_reg;
    logic       wb_load;      // WB waits for this register
    logic [4:0] wb_rd;
    logic       wb_ml;        // WB waits for this operand register
    logic [2:0] wb_ml_reg;
    logic       wb_pending;   // WB waits for a response …
    logic       wb_elw;       // … of cv.elw
  } hazard_t;

  // What a clock cycle was spent on.
  typedef enum logic [2:0] {
    ActExecuting,     // an instruction completed or a multi-cycle one progressed in EX
    ActLoadStall,     // bubble: operand still being loaded
    ActJump,          // bubble: control transfer
    ActBankConflict,  // data request waits for its grant
    ActIcacheMiss,    // bubble: no instruction arrived
    ActMemoryWait,    // response of a granted access is late
    ActBarrier,       // cv.elw waits
    ActIdle           // wfi, reset
  } activity_e;

  localparam int NumHpmCounters = 8;  // mhpmcounter3 … 10

endpackage

`default_nettype wire
