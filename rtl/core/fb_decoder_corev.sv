// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Decoder of custom-0, custom-1 and custom-2: the CORE-V memory, branch, hardware-loop, ALU, bit-
// manipulation and 16-bit multiply instructions (CV32E40P v2 manual, "CORE-V Instruction Set
// Extensions"). Combinational.
module fb_decoder_corev (
  input  wire  [31:0]           insn_i,
  output fb_core_pkg::ctrl_t    ctrl_o,
  output fb_core_pkg::id_ctrl_t id_o
);

  logic [2:0] funct3;
  logic [6:0] funct7;
  logic       rs2_zero;
  assign funct3   = insn_i[14:12];
  assign funct7   = insn_i[31:25];
  assign rs2_zero = insn_i[24:20] == 5'd0;

  // custom-0: post-increment loads with immediate, cv.elw, branches on immediate.
  fb_core_pkg::ctrl_t    c0;
  fb_core_pkg::id_ctrl_t i0;
  always_comb begin
    c0 = '0;
    i0 = '0;
    i0.rs1_used = 1'b1;
    if (insn_i[6:0] != fb_isa_pkg::OpCustom0) begin
      i0.rs1_used = 1'b0;
    end else if (funct3[2:1] == 2'b11) begin
      c0.ctl    = fb_core_pkg::CtlBranch;
      c0.alu_op = funct3[0] ? fb_core_pkg::AluNe : fb_core_pkg::AluEq;
      i0.op_b   = fb_core_pkg::OpbImm;
      i0.imm    = fb_core_pkg::ImmBi;
    end else begin
      c0.unit         = fb_core_pkg::UnitLsu;
      c0.load         = 1'b1;
      c0.elw          = funct3 == 3'b011;
      c0.mem_size     = c0.elw ? fb_core_pkg::SizeWord : funct3[1:0];
      c0.mem_unsigned = funct3[2];
      c0.post_inc     = !c0.elw;
      i0.op_b         = fb_core_pkg::OpbImm;
      i0.imm          = fb_core_pkg::ImmI;
    end
  end

  // custom-1, funct3 000-010: post-increment stores with immediate; 011: register forms; 100:
  // hardware loops.
  fb_core_pkg::ctrl_t    c1;
  fb_core_pkg::id_ctrl_t i1;
  always_comb begin
    c1 = '0;
    i1 = '0;
    if (insn_i[6:0] == fb_isa_pkg::OpCustom1) unique case (funct3)
      3'b000, 3'b001, 3'b010: begin
        c1.unit     = fb_core_pkg::UnitLsu;
        c1.store    = 1'b1;
        c1.mem_size = funct3[1:0];
        c1.post_inc = 1'b1;
        i1.op_b     = fb_core_pkg::OpbImm;
        i1.op_c     = fb_core_pkg::OpcRs2;
        i1.imm      = fb_core_pkg::ImmS;
        i1.rs1_used = 1'b1;
        i1.rs2_used = 1'b1;
      end

      3'b011: begin
        i1.rs1_used = 1'b1;
        if (funct7[6:4] == 3'b000) begin  // loads: [3] unsigned, [2] no post-increment, [1:0] size
          c1.unit         = fb_core_pkg::UnitLsu;
          c1.load         = 1'b1;
          c1.mem_size     = funct7[1:0];
          c1.mem_unsigned = funct7[3];
          c1.post_inc     = !funct7[2];
          i1.rs2_used     = 1'b1;
          i1.illegal      = funct7[1:0] == 2'b11 || (funct7[3] && funct7[1:0] == 2'b10);
        end else if (funct7[6:3] == 4'b0010) begin  // stores, offset register in the rd field
          c1.unit     = fb_core_pkg::UnitLsu;
          c1.store    = 1'b1;
          c1.mem_size = funct7[1:0];
          c1.post_inc = !funct7[2];
          i1.op_b     = fb_core_pkg::OpbRd;
          i1.op_c     = fb_core_pkg::OpcRs2;
          i1.rs2_used = 1'b1;
          i1.rd_used  = 1'b1;
          i1.illegal  = funct7[1:0] == 2'b11;
        end else begin
          c1.rd_we    = 1'b1;
          c1.amount   = fb_core_pkg::AmtB;
          i1.rs2_used = 1'b1;
          unique case (funct7)
            7'h18: c1.alu_op = fb_core_pkg::AluExtract;
            7'h19: c1.alu_op = fb_core_pkg::AluExtractu;
            7'h1a: begin
              c1.alu_op  = fb_core_pkg::AluInsert;
              i1.rd_used = 1'b1;
            end
            7'h1c: c1.alu_op = fb_core_pkg::AluBclr;
            7'h1d: c1.alu_op = fb_core_pkg::AluBset;
            7'h20: c1.alu_op = fb_core_pkg::AluRor;
            7'h21: c1.alu_op = fb_core_pkg::AluFf1;
            7'h22: c1.alu_op = fb_core_pkg::AluFl1;
            7'h23: c1.alu_op = fb_core_pkg::AluClb;
            7'h24: c1.alu_op = fb_core_pkg::AluCnt;
            7'h28: c1.alu_op = fb_core_pkg::AluAbs;
            7'h29: c1.alu_op = fb_core_pkg::AluLe;
            7'h2a: c1.alu_op = fb_core_pkg::AluLeu;
            7'h2b: c1.alu_op = fb_core_pkg::AluMin;
            7'h2c: c1.alu_op = fb_core_pkg::AluMinu;
            7'h2d: c1.alu_op = fb_core_pkg::AluMax;
            7'h2e: c1.alu_op = fb_core_pkg::AluMaxu;
            7'h30: c1.alu_op = fb_core_pkg::AluExths;
            7'h31: c1.alu_op = fb_core_pkg::AluExthz;
            7'h32: c1.alu_op = fb_core_pkg::AluExtbs;
            7'h33: c1.alu_op = fb_core_pkg::AluExtbz;
            7'h38, 7'h39: begin
              c1.alu_op   = funct7[0] ? fb_core_pkg::AluClipu : fb_core_pkg::AluClip;
              i1.op_b     = fb_core_pkg::OpbImm;
              i1.imm      = fb_core_pkg::ImmClip;
              i1.rs2_used = 1'b0;
            end
            7'h3a: c1.alu_op = fb_core_pkg::AluClip;
            7'h3b: c1.alu_op = fb_core_pkg::AluClipu;
            7'h40, 7'h41, 7'h42, 7'h43, 7'h44, 7'h45, 7'h46, 7'h47: begin
              // rd = (rd ± rs1) >> rs2: a = rd, b = rs1, c = rs2
              c1.amount  = fb_core_pkg::AmtC;
              i1.op_a    = fb_core_pkg::OpaRd;
              i1.op_b    = fb_core_pkg::OpbRs1;
              i1.op_c    = fb_core_pkg::OpcRs2;
              i1.rd_used = 1'b1;
              unique case (funct7[2:0])
                3'd0:    c1.alu_op = fb_core_pkg::AluAddN;
                3'd1:    c1.alu_op = fb_core_pkg::AluAdduN;
                3'd2:    c1.alu_op = fb_core_pkg::AluAddRN;
                3'd3:    c1.alu_op = fb_core_pkg::AluAdduRN;
                3'd4:    c1.alu_op = fb_core_pkg::AluSubN;
                3'd5:    c1.alu_op = fb_core_pkg::AluSubuN;
                3'd6:    c1.alu_op = fb_core_pkg::AluSubRN;
                default: c1.alu_op = fb_core_pkg::AluSubuRN;
              endcase
            end
            7'h48, 7'h49: begin
              c1.unit    = fb_core_pkg::UnitMult;
              c1.mul_op  = funct7[0] ? fb_core_pkg::MulMsu : fb_core_pkg::MulMac;
              i1.rd_used = 1'b1;
            end
            default: i1.illegal = 1'b1;
          endcase
          // unary operations have a zero rs2 field
          if (funct7 == 7'h21 || funct7 == 7'h22 || funct7 == 7'h23 || funct7 == 7'h24 ||
              funct7 == 7'h28 || (funct7[6:2] == 5'b01100)) begin
            i1.rs2_used = 1'b0;
            i1.illegal  = !rs2_zero;
          end
        end
      end

      3'b100: begin  // [11:8] operation (bit 0: rs1 form, except setupi / setup), [7] loop
        c1.hwloop   = 1'b1;
        i1.rs1_used = insn_i[8];
        unique case (insn_i[11:8])
          4'd0, 4'd2, 4'd4: i1.illegal = insn_i[19:15] != 5'd0;
          4'd1, 4'd3, 4'd5: i1.illegal = insn_i[31:20] != 12'd0;
          4'd6, 4'd7:       i1.illegal = 1'b0;
          default:          i1.illegal = 1'b1;
        endcase
      end

      default: i1.illegal = 1'b1;
    endcase
  end

  // custom-2: bit manipulation, add-normalise, 16-bit multiply; all write rd, amounts in [29:25]
  // and [24:20].
  fb_core_pkg::ctrl_t    c2;
  fb_core_pkg::id_ctrl_t i2;
  always_comb begin
    c2 = '0;
    i2 = '0;
    c2.rd_we    = 1'b1;
    i2.rs1_used = 1'b1;
    if (insn_i[6:0] == fb_isa_pkg::OpCustom2) unique case (funct3)
      3'b000: begin
        unique case (insn_i[31:30])
          2'b00: c2.alu_op = fb_core_pkg::AluExtract;
          2'b01: c2.alu_op = fb_core_pkg::AluExtractu;
          2'b10: begin
            c2.alu_op  = fb_core_pkg::AluInsert;
            i2.rd_used = 1'b1;
          end
          default: i2.illegal = 1'b1;
        endcase
      end
      3'b001: begin
        unique case (insn_i[31:30])
          2'b00: c2.alu_op = fb_core_pkg::AluBclr;
          2'b01: c2.alu_op = fb_core_pkg::AluBset;
          2'b11: begin
            c2.alu_op  = fb_core_pkg::AluBitrev;
            i2.illegal = insn_i[29:27] != 3'b000;
          end
          default: i2.illegal = 1'b1;
        endcase
      end
      3'b010: begin
        i2.rs2_used = 1'b1;
        unique case (insn_i[31:30])
          2'b00:   c2.alu_op = fb_core_pkg::AluAddN;
          2'b01:   c2.alu_op = fb_core_pkg::AluAdduN;
          2'b10:   c2.alu_op = fb_core_pkg::AluAddRN;
          default: c2.alu_op = fb_core_pkg::AluAdduRN;
        endcase
      end
      3'b011: begin
        i2.rs2_used = 1'b1;
        unique case (insn_i[31:30])
          2'b00:   c2.alu_op = fb_core_pkg::AluSubN;
          2'b01:   c2.alu_op = fb_core_pkg::AluSubuN;
          2'b10:   c2.alu_op = fb_core_pkg::AluSubRN;
          default: c2.alu_op = fb_core_pkg::AluSubuRN;
        endcase
      end
      default: begin  // 1 accumulate, 0 unsigned; [31] round, [30] upper halves
        c2.unit     = fb_core_pkg::UnitMult;
        c2.mul_op   = funct3[1] ? fb_core_pkg::MulHalfMac : fb_core_pkg::MulHalf;
        c2.a_signed = !funct3[0];
        c2.b_signed = !funct3[0];
        c2.round    = insn_i[31];
        c2.half_hi  = insn_i[30];
        i2.rs2_used = 1'b1;
        i2.rd_used  = funct3[1];
      end
    endcase
  end

  always_comb begin
    unique case (insn_i[6:0])
      fb_isa_pkg::OpCustom0: begin
        ctrl_o = c0;
        id_o   = i0;
      end
      fb_isa_pkg::OpCustom1: begin
        ctrl_o = c1;
        id_o   = i1;
      end
      default: begin
        ctrl_o = c2;
        id_o   = i2;
      end
    endcase
  end

  logic unused_bits;
  assign unused_bits = ^{insn_i[7]};

endmodule

`default_nettype wire
