// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Decoder of custom-3: CORE-V SIMD and complex arithmetic, and the freebits extensions
// (rtl/README.md). Combinational.
module fb_decoder_simd (
  input  wire  [31:0]           insn_i,
  input  wire  [2:0]            level_i,
  output fb_core_pkg::ctrl_t    ctrl_o,
  output fb_core_pkg::id_ctrl_t id_o
);

  logic [4:0] funct5;
  logic       f, s;
  logic [2:0] funct3;
  assign funct5 = insn_i[31:27];
  assign f      = insn_i[26];
  assign s      = insn_i[25];
  assign funct3 = insn_i[14:12];

  // Lane width and source of operand 2. CORE-V: 000 .h 001 .b 100 .sc.h 101 .sc.b 110 .sci.h 111
  // .sci.b; ours: 010 .n 011 .c.
  logic mine, subbyte, imm_form;
  assign mine     = insn_i[6:0] == fb_isa_pkg::OpCustom3;
  assign subbyte  = funct3[2:1] == 2'b01;
  assign imm_form = funct3[2:1] == 2'b11;

  // Dot products (funct5 10000 … 10101): 0 up, 1 usp, 2 sp; from 3 on with accumulation.
  logic       dot_accumulate, unsigned_imm;
  logic [1:0] dot_sign;
  always_comb begin
    dot_accumulate = 'x;
    dot_sign       = 'x;
    unsigned_imm   = 'x;
    if (mine) begin
      dot_accumulate = funct5[2:0] >= 3'd3;
      dot_sign       = dot_accumulate ? funct5[1:0] - 2'd3 : funct5[1:0];
      // Operations whose .sci immediate is zero-extended.
      unsigned_imm   = f ? funct5[3:0] >= 4'd6
                         : funct5[4] ? dot_sign == 2'd0
                         : funct5[3:0] == 4'd3 || funct5[3:0] == 4'd5 || funct5[3:0] == 4'd7 ||
                           (funct5[3:0] >= 4'd8 && funct5[3:0] <= 4'd10);
    end
  end

  typedef enum logic [3:0] {
    RowAlu,       // lane-wise with all three operand forms
    RowAbs,
    RowDot,
    RowLane,      // cv.extract, cv.extractu, cv.insert
    RowShuffle,
    RowShuffleI,
    RowShuffle2,
    RowPack,
    RowComplex,
    RowMixed,
    RowMacLoad,
    RowScale,
    RowQuant,
    RowIllegal
  } row_e;
  row_e row;

  logic xpulpnn, mixed, flexv;
  assign xpulpnn = level_i >= fb_isa_pkg::LevelXpulpNN;
  assign mixed   = level_i >= fb_isa_pkg::LevelMixed;
  assign flexv   = level_i >= fb_isa_pkg::LevelFlexV;

  // Which row, and whether its constant fields hold.
  always_comb begin
    row = RowIllegal;
    if (!mine) begin
      row = RowIllegal;
    end else if (!f) begin
      if (funct5 <= 5'b01101) begin
        if (subbyte ? xpulpnn && funct5 <= 5'b01010 : imm_form || !s) row = RowAlu;
      end else if (funct5 == 5'b01110) begin
        if (!s && insn_i[24:20] == 5'd0 && (subbyte ? xpulpnn : !funct3[2])) row = RowAbs;
      end else if (funct5[4:3] == 2'b10 && funct5[2:0] <= 3'd5) begin
        if (subbyte ? xpulpnn : imm_form || !s) row = RowDot;
      end else if (funct5 == 5'b10111) begin
        if (funct3 <= 3'b101) row = RowLane;
      end else if (funct5[4:2] == 3'b110) begin
        if (funct3[2:1] == 2'b00 && !s && funct5[1:0] == 2'b00) row = RowShuffle;
        else if (funct3 == 3'b111 || (funct3 == 3'b110 && funct5[1:0] == 2'b00)) row = RowShuffleI;
      end else if (funct5 == 5'b11100) begin
        if (funct3[2:1] == 2'b00 && !s) row = RowShuffle2;
      end else if (funct5 == 5'b11110) begin
        if (funct3 == 3'b000) row = RowPack;
      end else if (funct5 == 5'b11111) begin
        if (funct3 == 3'b001) row = RowPack;
      end
    end else begin
      if (funct5 <= 5'b01001) begin
        if (!subbyte && (imm_form || !s)) row = RowAlu;
        if (funct3 == 3'b010 && !s && xpulpnn && funct5 == 5'b00000) row = RowScale;
      end else if (funct5 == 5'b01010) begin
        if (!funct3[0]) row = RowComplex;
      end else if (funct5 == 5'b01011) begin
        if (funct3 == 3'b000 && !s && insn_i[24:20] == 5'd0) row = RowComplex;
      end else if (funct5 == 5'b01100) begin
        if (!funct3[0] && !s) row = RowComplex;
      end else if (funct5 == 5'b01101 || funct5 == 5'b01110) begin
        if (!funct3[0] && funct3 != 3'b000 && !s) row = RowComplex;
      end else if (funct5[4:3] == 2'b10 && funct5[2:0] <= 3'd5 && !s) begin
        if (funct3 == 3'b010 && mixed) row = RowMixed;
        else if (funct3 == 3'b011 && flexv && insn_i[24:23] == 2'b00 &&
                 insn_i[19:18] == 2'b00 && insn_i[22:20] != 3'd6) row = RowMacLoad;
      end
      if (funct3 == 3'b011 && !funct5[4] && !s && xpulpnn) row = RowQuant;
    end
  end

  always_comb begin
    ctrl_o = '0;
    id_o   = '0;
    if (row != RowIllegal) begin
      ctrl_o.rd_we      = 1'b1;
      ctrl_o.vec        = subbyte ? (funct3[0] ? fb_core_pkg::VecCrumb : fb_core_pkg::VecNibble)
                                  : (funct3[0] ? fb_core_pkg::VecByte : fb_core_pkg::VecHalf);
      ctrl_o.fmt        = subbyte ? (funct3[0] ? fb_core_pkg::Fmt2 : fb_core_pkg::Fmt4)
                                  : (funct3[0] ? fb_core_pkg::Fmt8 : fb_core_pkg::Fmt16);
      ctrl_o.accumulate = dot_accumulate;
      ctrl_o.a_signed   = dot_sign == 2'd2;
      ctrl_o.b_signed   = dot_sign != 2'd0;
      id_o.rs1_used     = 1'b1;
    end
    unique case (row)
      RowAlu, RowDot: begin
        ctrl_o.unit     = row == RowDot ? fb_core_pkg::UnitDotp : fb_core_pkg::UnitAlu;
        unique case ({f, funct5[3:0]})
          5'd0:    ctrl_o.alu_op = fb_core_pkg::AluAdd;
          5'd1:    ctrl_o.alu_op = fb_core_pkg::AluSub;
          5'd2:    ctrl_o.alu_op = fb_core_pkg::AluAvg;
          5'd3:    ctrl_o.alu_op = fb_core_pkg::AluAvgu;
          5'd4:    ctrl_o.alu_op = fb_core_pkg::AluMin;
          5'd5:    ctrl_o.alu_op = fb_core_pkg::AluMinu;
          5'd6:    ctrl_o.alu_op = fb_core_pkg::AluMax;
          5'd7:    ctrl_o.alu_op = fb_core_pkg::AluMaxu;
          5'd8:    ctrl_o.alu_op = fb_core_pkg::AluSrl;
          5'd9:    ctrl_o.alu_op = fb_core_pkg::AluSra;
          5'd10:   ctrl_o.alu_op = fb_core_pkg::AluSll;
          5'd11:   ctrl_o.alu_op = fb_core_pkg::AluOr;
          5'd12:   ctrl_o.alu_op = fb_core_pkg::AluXor;
          5'd13:   ctrl_o.alu_op = fb_core_pkg::AluAnd;
          5'd16:   ctrl_o.alu_op = fb_core_pkg::AluEq;
          5'd17:   ctrl_o.alu_op = fb_core_pkg::AluNe;
          5'd18:   ctrl_o.alu_op = fb_core_pkg::AluGt;
          5'd19:   ctrl_o.alu_op = fb_core_pkg::AluGe;
          5'd20:   ctrl_o.alu_op = fb_core_pkg::AluLt;
          5'd21:   ctrl_o.alu_op = fb_core_pkg::AluLe;
          5'd22:   ctrl_o.alu_op = fb_core_pkg::AluGtu;
          5'd23:   ctrl_o.alu_op = fb_core_pkg::AluGeu;
          5'd24:   ctrl_o.alu_op = fb_core_pkg::AluLtu;
          default: ctrl_o.alu_op = fb_core_pkg::AluLeu;
        endcase
        id_o.op_b       = imm_form ? fb_core_pkg::OpbImm : fb_core_pkg::OpbRs2;
        id_o.imm        = unsigned_imm ? fb_core_pkg::ImmSciu : fb_core_pkg::ImmSci;
        id_o.replicate  = subbyte ? s : funct3[2];
        id_o.rs2_used   = !imm_form;
        id_o.rd_used    = row == RowDot && dot_accumulate;
      end
      RowAbs: ctrl_o.alu_op = fb_core_pkg::AluAbs;
      RowLane: begin
        ctrl_o.vec    = funct3[0] ? fb_core_pkg::VecByte : fb_core_pkg::VecHalf;
        ctrl_o.alu_op = funct3[2] ? fb_core_pkg::AluVecInsert :
                        funct3[1] ? fb_core_pkg::AluVecExtractu : fb_core_pkg::AluVecExtract;
        ctrl_o.amount = fb_core_pkg::AmtLane;
        id_o.rd_used  = funct3[2];
      end
      RowShuffle: begin
        ctrl_o.alu_op = fb_core_pkg::AluShuffle;
        id_o.rs2_used = 1'b1;
      end
      RowShuffleI: begin
        ctrl_o.alu_op = fb_core_pkg::AluShuffle;
        id_o.op_b     = fb_core_pkg::OpbImm;
        id_o.imm      = funct3[0] ? fb_core_pkg::ImmShufB : fb_core_pkg::ImmShufH;
      end
      RowShuffle2: begin
        ctrl_o.alu_op = fb_core_pkg::AluShuffle2;
        id_o.rs2_used = 1'b1;
        id_o.rd_used  = 1'b1;
      end
      RowPack: begin
        ctrl_o.alu_op = funct5[0] ? (s ? fb_core_pkg::AluPackHiB : fb_core_pkg::AluPackLoB)
                                  : (s ? fb_core_pkg::AluPackHi : fb_core_pkg::AluPackLo);
        id_o.rs2_used = 1'b1;
        id_o.rd_used  = funct5[0];
      end
      RowComplex: begin
        ctrl_o.unit  = fb_core_pkg::UnitDotp;
        ctrl_o.shift = funct3[2:1];
        unique case (funct5[2:0])
          3'b010:  ctrl_o.dot_op = s ? fb_core_pkg::CplxMulIm : fb_core_pkg::CplxMulRe;
          3'b011:  ctrl_o.dot_op = fb_core_pkg::CplxConj;
          3'b100:  ctrl_o.dot_op = fb_core_pkg::CplxSubRotMj;
          3'b101:  ctrl_o.dot_op = fb_core_pkg::CplxAdd;
          default: ctrl_o.dot_op = fb_core_pkg::CplxSub;
        endcase
        id_o.rs2_used = funct5[2:0] != 3'b011;
        id_o.rd_used  = funct5[2:0] == 3'b010;
      end
      RowMixed: begin
        ctrl_o.unit   = fb_core_pkg::UnitDotp;
        ctrl_o.mixed  = 1'b1;
        id_o.rs2_used = 1'b1;
        id_o.rd_used  = dot_accumulate;
      end
      RowMacLoad: begin
        ctrl_o.unit     = fb_core_pkg::UnitDotp;
        ctrl_o.mixed    = 1'b1;
        ctrl_o.mac_load = 1'b1;
        ctrl_o.load     = insn_i[22:20] != 3'd7;
        ctrl_o.mem_size = fb_core_pkg::SizeWord;
        id_o.rs1_used   = 1'b0;
        id_o.rd_used    = dot_accumulate;
      end
      RowScale: begin
        ctrl_o.unit     = fb_core_pkg::UnitMult;
        ctrl_o.mul_op   = fb_core_pkg::MulScale;
        ctrl_o.a_signed = 1'b1;
        ctrl_o.b_signed = 1'b0;
        id_o.rs2_used   = 1'b1;
      end
      RowQuant: begin
        ctrl_o.unit   = fb_core_pkg::UnitQuant;
        id_o.rs2_used = 1'b1;
        id_o.rd_used  = 1'b1;
      end
      default: id_o.illegal = 1'b1;
    endcase
  end

  logic unused_bits;
  assign unused_bits = ^{insn_i[17:15], insn_i[11:7]};

endmodule

`default_nettype wire
