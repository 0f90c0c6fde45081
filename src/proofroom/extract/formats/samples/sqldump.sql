-- MySQL dump 10.13
/*!40101 SET NAMES utf8 */;
CREATE TABLE `list` (
  `n` int(11) NOT NULL,
  `name` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`n`)
) ENGINE=InnoDB;
INSERT INTO `list` VALUES (1,'某人'),(2,'it\'s'),(3,NULL),(4,0x474946),(5,CAST('x' AS CHAR));
COPY public.other (a, b) FROM stdin;
1	\N
\.
