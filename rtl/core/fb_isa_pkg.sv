// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Every opcode, CSR number and level of the instruction set, once (rtl/README.md, docs/isa.md).
package fb_isa_pkg;

  // A level contains every level below it.
  typedef enum logic [2:0] {
    LevelRv32imc = 3'd0,
    LevelXpulpV2 = 3'd1,
    LevelXpulpNN = 3'd2,
    LevelMixed   = 3'd3,
    LevelFlexV   = 3'd4
  } isa_level_e;

  typedef enum logic [6:0] {
    OpLoad    = 7'h03,
    OpCustom0 = 7'h0b,  // CORE-V: post-increment loads, cv.elw, immediate branches
    OpMiscMem = 7'h0f,
    OpImm     = 7'h13,
    OpAuipc   = 7'h17,
    OpStore   = 7'h23,
    OpCustom1 = 7'h2b,  // CORE-V: stores, hardware loops, register-form ALU and memory
    OpReg     = 7'h33,
    OpLui     = 7'h37,
    OpCustom2 = 7'h5b,  // CORE-V: bit manipulation, add-normalise, 16-bit multiply
    OpBranch  = 7'h63,
    OpJalr    = 7'h67,
    OpJal     = 7'h6f,
    OpSystem  = 7'h73,
    OpCustom3 = 7'h7b   // CORE-V SIMD, freebits extensions
  } opcode_e;

  typedef enum logic [11:0] {
    CsrMstatus       = 12'h300,
    CsrMisa          = 12'h301,
    CsrMie           = 12'h304,
    CsrMtvec         = 12'h305,
    CsrMstatush      = 12'h310,
    CsrMcountinhibit = 12'h320,
    CsrMhpmevent3    = 12'h323,
    CsrMhpmevent31   = 12'h33f,
    CsrMscratch      = 12'h340,
    CsrMepc          = 12'h341,
    CsrMcause        = 12'h342,
    CsrMtval         = 12'h343,
    CsrMip           = 12'h344,
    CsrTselect       = 12'h7a0,
    CsrTdata1        = 12'h7a1,
    CsrTdata2        = 12'h7a2,
    CsrTdata3        = 12'h7a3,
    CsrTinfo         = 12'h7a4,
    CsrFbFmt         = 12'h7c0,
    CsrFbSkip        = 12'h7c1,
    CsrFbSlice       = 12'h7c2,
    CsrFbQuant       = 12'h7c3,
    CsrFbAAddr       = 12'h7c4,
    CsrFbAStride     = 12'h7c5,
    CsrFbARollback   = 12'h7c6,
    CsrFbASkip       = 12'h7c7,
    CsrFbWAddr       = 12'h7c8,
    CsrFbWStride     = 12'h7c9,
    CsrFbWRollback   = 12'h7ca,
    CsrFbWSkip       = 12'h7cb,
    CsrFbA0          = 12'h7cc,
    CsrFbA1          = 12'h7cd,
    CsrFbW0          = 12'h7d0,
    CsrFbW1          = 12'h7d1,
    CsrFbW2          = 12'h7d2,
    CsrFbW3          = 12'h7d3,
    CsrMcycle        = 12'hb00,
    CsrMcycleh       = 12'hb80,
    CsrCycle         = 12'hc00,
    CsrLpStart0      = 12'hcc0,
    CsrLpEnd0        = 12'hcc1,
    CsrLpCount0      = 12'hcc2,
    CsrLpStart1      = 12'hcc4,
    CsrLpEnd1        = 12'hcc5,
    CsrLpCount1      = 12'hcc6,
    CsrUhartid       = 12'hcd0,
    CsrPrivlv        = 12'hcd1,
    CsrMvendorid     = 12'hf11,
    CsrMarchid       = 12'hf12,
    CsrMimpid        = 12'hf13,
    CsrMhartid       = 12'hf14,
    CsrMconfigptr    = 12'hf15
  } csr_e;

  typedef enum logic [4:0] {
    CauseInsnFault  = 5'd1,
    CauseIllegal    = 5'd2,
    CauseBreakpoint = 5'd3,
    CauseLoadFault  = 5'd5,
    CauseStoreFault = 5'd7,
    CauseEcall      = 5'd11
  } cause_e;

  // Interrupt lines that exist: software, timer, external, fast 16-31.
  localparam logic [31:0] IrqMask = 32'hffff_0888;

endpackage

`default_nettype wire
