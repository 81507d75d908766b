// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Expands RV32C (without the floating-point loads and stores, which are illegal) to 32-bit
// instructions. Combinational. Reserved encodings are illegal; hints expand to instructions that
// write x0.
module fb_compressed_decoder (
  input  wire         valid_i,       // somebody looks at the result
  input  wire  [31:0] insn_i,        // a compressed instruction is in the lower half
  output logic [31:0] insn_o,        // expanded; 32-bit instructions pass
  output logic        compressed_o,
  output logic        illegal_o
);

  // Registers: full fields and the x8-x15 forms.
  logic [4:0] rd, rs2, rd_p, rs1_p, rs2_p;
  assign rd    = insn_i[11:7];
  assign rs2   = insn_i[6:2];
  assign rs1_p = {2'b01, insn_i[9:7]};
  assign rd_p  = {2'b01, insn_i[4:2]};
  assign rs2_p = {2'b01, insn_i[4:2]};

  // Immediates.
  logic [11:0] imm6, addi4spn, addi16sp, lw_offset, lwsp_offset, swsp_offset;
  logic [20:0] jump;
  logic [12:0] branch;
  assign compressed_o = insn_i[1:0] != 2'b11;

  always_comb begin
    imm6        = 'x;
    addi4spn    = 'x;
    addi16sp    = 'x;
    lw_offset   = 'x;
    lwsp_offset = 'x;
    swsp_offset = 'x;
    jump        = 'x;
    branch      = 'x;
    illegal_o   = 'x;
    insn_o      = 'x;
    if (valid_i) begin
      illegal_o = 1'b0;
      insn_o    = insn_i;
    end
    if (valid_i && compressed_o) begin
      imm6        = {{7{insn_i[12]}}, insn_i[6:2]};
      addi4spn    = {2'd0, insn_i[10:7], insn_i[12:11], insn_i[5], insn_i[6], 2'd0};
      addi16sp    = {{3{insn_i[12]}}, insn_i[4:3], insn_i[5], insn_i[2], insn_i[6], 4'd0};
      lw_offset   = {5'd0, insn_i[5], insn_i[12:10], insn_i[6], 2'd0};
      lwsp_offset = {4'd0, insn_i[3:2], insn_i[12], insn_i[6:4], 2'd0};
      swsp_offset = {4'd0, insn_i[8:7], insn_i[12:9], 2'd0};
      jump        = {{10{insn_i[12]}}, insn_i[8], insn_i[10:9], insn_i[6], insn_i[7], insn_i[2],
                     insn_i[11], insn_i[5:3], 1'b0};
      branch      = {{5{insn_i[12]}}, insn_i[6:5], insn_i[2], insn_i[11:10], insn_i[4:3], 1'b0};
      unique case ({insn_i[1:0], insn_i[15:13]})
        5'b00_000: begin  // c.addi4spn
          insn_o    = {addi4spn, 5'd2, 3'b000, rd_p, fb_isa_pkg::OpImm};
          illegal_o = insn_i[12:5] == 8'd0;
        end
        5'b00_010: insn_o = {lw_offset, rs1_p, 3'b010, rd_p, fb_isa_pkg::OpLoad};  // c.lw
        5'b00_110:                                                               // c.sw
          insn_o = {lw_offset[11:5], rs2_p, rs1_p, 3'b010, lw_offset[4:0], fb_isa_pkg::OpStore};

        5'b01_000: insn_o = {imm6, rd, 3'b000, rd, fb_isa_pkg::OpImm};            // c.addi, c.nop
        5'b01_001, 5'b01_101:                                                    // c.jal, c.j
          insn_o = {jump[20], jump[10:1], jump[11], jump[19:12], 4'd0, !insn_i[15], fb_isa_pkg::OpJal};
        5'b01_010: insn_o = {imm6, 5'd0, 3'b000, rd, fb_isa_pkg::OpImm};          // c.li
        5'b01_011: begin                                                         // c.lui, c.addi16sp
          insn_o    = rd == 5'd2 ? {addi16sp, 5'd2, 3'b000, 5'd2, fb_isa_pkg::OpImm}
                                 : {{15{insn_i[12]}}, insn_i[6:2], rd, fb_isa_pkg::OpLui};
          illegal_o = !insn_i[12] && insn_i[6:2] == 5'd0;
        end
        5'b01_100: begin
          unique case (insn_i[11:10])
            2'b00, 2'b01: begin  // c.srli, c.srai
              insn_o    = {1'b0, insn_i[10], 5'd0, insn_i[6:2], rs1_p, 3'b101, rs1_p, fb_isa_pkg::OpImm};
              illegal_o = insn_i[12];
            end
            2'b10: insn_o = {imm6, rs1_p, 3'b111, rs1_p, fb_isa_pkg::OpImm};     // c.andi
            default: begin  // c.sub, c.xor, c.or, c.and
              illegal_o = insn_i[12];
              unique case (insn_i[6:5])
                2'b00:   insn_o = {7'h20, rs2_p, rs1_p, 3'b000, rs1_p, fb_isa_pkg::OpReg};
                2'b01:   insn_o = {7'h00, rs2_p, rs1_p, 3'b100, rs1_p, fb_isa_pkg::OpReg};
                2'b10:   insn_o = {7'h00, rs2_p, rs1_p, 3'b110, rs1_p, fb_isa_pkg::OpReg};
                default: insn_o = {7'h00, rs2_p, rs1_p, 3'b111, rs1_p, fb_isa_pkg::OpReg};
              endcase
            end
          endcase
        end
        5'b01_110, 5'b01_111:                                                    // c.beqz, c.bnez
          insn_o = {branch[12], branch[10:5], 5'd0, rs1_p, 2'b00, insn_i[13], branch[4:1], branch[11],
                    fb_isa_pkg::OpBranch};

        5'b10_000: begin                                                         // c.slli
          insn_o    = {7'd0, insn_i[6:2], rd, 3'b001, rd, fb_isa_pkg::OpImm};
          illegal_o = insn_i[12];
        end
        5'b10_010: begin                                                         // c.lwsp
          insn_o    = {lwsp_offset, 5'd2, 3'b010, rd, fb_isa_pkg::OpLoad};
          illegal_o = rd == 5'd0;
        end
        5'b10_100: begin
          if (rs2 != 5'd0) begin  // c.mv, c.add
            insn_o = {7'd0, rs2, insn_i[12] ? rd : 5'd0, 3'b000, rd, fb_isa_pkg::OpReg};
          end else if (rd != 5'd0) begin  // c.jr, c.jalr
            insn_o = {12'd0, rd, 3'b000, 4'd0, insn_i[12], fb_isa_pkg::OpJalr};
          end else begin  // c.ebreak; rd = 0 without bit 12 is reserved
            insn_o    = 32'h0010_0073;
            illegal_o = !insn_i[12];
          end
        end
        5'b10_110:                                                               // c.swsp
          insn_o = {swsp_offset[11:5], rs2, 5'd2, 3'b010, swsp_offset[4:0], fb_isa_pkg::OpStore};

        default: illegal_o = 1'b1;
      endcase
    end
  end

  logic unused_bits;
  assign unused_bits = ^{jump[0], branch[0]};

endmodule

`default_nettype wire
