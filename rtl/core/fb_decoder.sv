// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Decoder of RV32IM, Zicsr, Zifencei; CORE-V and freebits opcodes are decoded by fb_decoder_corev
// and fb_decoder_simd. Combinational. CSR numbers are checked in EX (fb_csr).
module fb_decoder #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  wire  [31:0]           insn_i,
  input  wire  [2:0]            level_i,
  output fb_core_pkg::ctrl_t    ctrl_o,
  output fb_core_pkg::id_ctrl_t id_o
);

  fb_core_pkg::ctrl_t    base_ctrl, corev_ctrl, simd_ctrl;
  fb_core_pkg::id_ctrl_t base_id, corev_id, simd_id;

  logic [2:0] funct3;
  logic [6:0] funct7;
  assign funct3 = insn_i[14:12];
  assign funct7 = insn_i[31:25];

  always_comb begin
    base_ctrl = '0;
    base_id   = '0;
    unique case (insn_i[6:0])
      fb_isa_pkg::OpLui: begin
        base_ctrl.rd_we = 1'b1;
        base_id.op_a    = fb_core_pkg::OpaZero;
        base_id.op_b    = fb_core_pkg::OpbImm;
        base_id.imm     = fb_core_pkg::ImmU;
      end

      fb_isa_pkg::OpAuipc: begin
        base_ctrl.rd_we = 1'b1;
        base_id.op_a    = fb_core_pkg::OpaPc;
        base_id.op_b    = fb_core_pkg::OpbImm;
        base_id.imm     = fb_core_pkg::ImmU;
      end

      // Jumps: ID computes the target; EX writes the link address.
      fb_isa_pkg::OpJal: begin
        base_ctrl.rd_we = 1'b1;
        base_ctrl.ctl   = fb_core_pkg::CtlJal;
        base_id.op_a    = fb_core_pkg::OpaNpc;
        base_id.op_b    = fb_core_pkg::OpbImm;
      end

      fb_isa_pkg::OpJalr: begin
        base_ctrl.rd_we  = 1'b1;
        base_ctrl.ctl    = fb_core_pkg::CtlJalr;
        base_id.op_a     = fb_core_pkg::OpaNpc;
        base_id.op_b     = fb_core_pkg::OpbImm;
        base_id.rs1_used = 1'b1;
        base_id.illegal  = funct3 != 3'b000;
      end

      fb_isa_pkg::OpBranch: begin
        base_ctrl.ctl    = fb_core_pkg::CtlBranch;
        base_id.rs1_used = 1'b1;
        base_id.rs2_used = 1'b1;
        unique case (funct3)
          3'b000:  base_ctrl.alu_op = fb_core_pkg::AluEq;
          3'b001:  base_ctrl.alu_op = fb_core_pkg::AluNe;
          3'b100:  base_ctrl.alu_op = fb_core_pkg::AluLt;
          3'b101:  base_ctrl.alu_op = fb_core_pkg::AluGe;
          3'b110:  base_ctrl.alu_op = fb_core_pkg::AluLtu;
          3'b111:  base_ctrl.alu_op = fb_core_pkg::AluGeu;
          default: base_id.illegal = 1'b1;
        endcase
      end

      fb_isa_pkg::OpLoad: begin
        base_ctrl.unit         = fb_core_pkg::UnitLsu;
        base_ctrl.load         = 1'b1;
        base_ctrl.mem_size     = funct3[1:0];
        base_ctrl.mem_unsigned = funct3[2];
        base_id.op_b           = fb_core_pkg::OpbImm;
        base_id.imm            = fb_core_pkg::ImmI;
        base_id.rs1_used       = 1'b1;
        base_id.illegal        = funct3[1:0] == 2'b11 || funct3 == 3'b110;
      end

      fb_isa_pkg::OpStore: begin
        base_ctrl.unit     = fb_core_pkg::UnitLsu;
        base_ctrl.store    = 1'b1;
        base_ctrl.mem_size = funct3[1:0];
        base_id.op_b       = fb_core_pkg::OpbImm;
        base_id.op_c       = fb_core_pkg::OpcRs2;
        base_id.imm        = fb_core_pkg::ImmS;
        base_id.rs1_used   = 1'b1;
        base_id.rs2_used   = 1'b1;
        base_id.illegal    = funct3[2] || funct3[1:0] == 2'b11;
      end

      fb_isa_pkg::OpImm: begin
        base_ctrl.rd_we  = 1'b1;
        base_id.op_b     = fb_core_pkg::OpbImm;
        base_id.imm      = fb_core_pkg::ImmI;
        base_id.rs1_used = 1'b1;
        unique case (funct3)
          3'b000: base_ctrl.alu_op = fb_core_pkg::AluAdd;
          3'b010: base_ctrl.alu_op = fb_core_pkg::AluLt;
          3'b011: base_ctrl.alu_op = fb_core_pkg::AluLtu;
          3'b100: base_ctrl.alu_op = fb_core_pkg::AluXor;
          3'b110: base_ctrl.alu_op = fb_core_pkg::AluOr;
          3'b111: base_ctrl.alu_op = fb_core_pkg::AluAnd;
          3'b001: begin
            base_ctrl.alu_op = fb_core_pkg::AluSll;
            base_id.illegal  = funct7 != 7'h00;
          end
          default: begin
            base_ctrl.alu_op = funct7[5] ? fb_core_pkg::AluSra : fb_core_pkg::AluSrl;
            base_id.illegal  = funct7 != 7'h00 && funct7 != 7'h20;
          end
        endcase
      end

      fb_isa_pkg::OpReg: begin
        base_ctrl.rd_we  = 1'b1;
        base_id.rs1_used = 1'b1;
        base_id.rs2_used = 1'b1;
        if (funct7 == 7'h01) begin
          base_ctrl.unit     = funct3[2] ? fb_core_pkg::UnitDiv : fb_core_pkg::UnitMult;
          base_ctrl.mul_op   = funct3 == 3'b000 ? fb_core_pkg::MulLo : fb_core_pkg::MulHigh;
          base_ctrl.rem      = funct3[1];
          base_ctrl.a_signed = funct3[2] ? !funct3[0] : funct3[1:0] != 2'b11;
          base_ctrl.b_signed = funct3[2] ? !funct3[0] : !funct3[1];
        end else begin
          unique case (funct3)
            3'b000:  base_ctrl.alu_op = funct7[5] ? fb_core_pkg::AluSub : fb_core_pkg::AluAdd;
            3'b001:  base_ctrl.alu_op = fb_core_pkg::AluSll;
            3'b010:  base_ctrl.alu_op = fb_core_pkg::AluLt;
            3'b011:  base_ctrl.alu_op = fb_core_pkg::AluLtu;
            3'b100:  base_ctrl.alu_op = fb_core_pkg::AluXor;
            3'b101:  base_ctrl.alu_op = funct7[5] ? fb_core_pkg::AluSra : fb_core_pkg::AluSrl;
            3'b110:  base_ctrl.alu_op = fb_core_pkg::AluOr;
            default: base_ctrl.alu_op = fb_core_pkg::AluAnd;
          endcase
          base_id.illegal = funct7 != 7'h00 &&
                            !(funct7 == 7'h20 && (funct3 == 3'b000 || funct3 == 3'b101));
        end
      end

      fb_isa_pkg::OpMiscMem: begin
        base_ctrl.ctl   = funct3[0] ? fb_core_pkg::CtlFenceI : fb_core_pkg::CtlNone;
        base_id.illegal = funct3[2:1] != 2'b00;
      end

      fb_isa_pkg::OpSystem: begin
        if (funct3 == 3'b000) begin
          unique case (insn_i[31:7])
            25'h0000000: base_id.ecall = 1'b1;
            25'h0002000: base_id.ebreak = 1'b1;
            25'h0604000: base_ctrl.ctl = fb_core_pkg::CtlMret;
            25'h020a000: base_ctrl.ctl = fb_core_pkg::CtlWfi;
            default:     base_id.illegal = 1'b1;
          endcase
        end else begin
          base_ctrl.unit    = fb_core_pkg::UnitCsr;
          base_ctrl.rd_we   = 1'b1;
          base_ctrl.csr_imm = funct3[2];
          base_ctrl.csr_op  = funct3[1:0];
          base_id.rs1_used  = !funct3[2];
          base_id.illegal   = funct3 == 3'b100;
        end
      end

      default: base_id.illegal = 1'b1;
    endcase
  end

  if (IsaLevel >= fb_isa_pkg::LevelXpulpV2) begin : gen_corev
    fb_decoder_corev u_corev (
      .insn_i,
      .ctrl_o(corev_ctrl),
      .id_o  (corev_id)
    );
    fb_decoder_simd u_simd (
      .insn_i,
      .level_i,
      .ctrl_o(simd_ctrl),
      .id_o  (simd_id)
    );
  end else begin : gen_base_only
    assign corev_ctrl = '0;
    assign corev_id   = '0;
    assign simd_ctrl  = '0;
    assign simd_id    = '0;
  end

  logic custom;
  assign custom = IsaLevel >= fb_isa_pkg::LevelXpulpV2 && level_i >= fb_isa_pkg::LevelXpulpV2;

  always_comb begin
    ctrl_o = base_ctrl;
    id_o   = base_id;
    if (custom && insn_i[6:0] == fb_isa_pkg::OpCustom3) begin
      ctrl_o = simd_ctrl;
      id_o   = simd_id;
    end else if (custom && (insn_i[6:0] == fb_isa_pkg::OpCustom0 ||
                            insn_i[6:0] == fb_isa_pkg::OpCustom1 ||
                            insn_i[6:0] == fb_isa_pkg::OpCustom2)) begin
      ctrl_o = corev_ctrl;
      id_o   = corev_id;
    end
  end

endmodule

`default_nettype wire
